import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { Certificates, FakeServer, hasOpenssl } from "./fake/index.ts";

// Without openssl there is nothing to make certificates with.
describe.skipIf(!hasOpenssl)("TLS on TCP", () => {
  let ours: Certificates;
  let theirs: Certificates;
  let fake: FakeServer;

  beforeAll(async () => {
    [ours, theirs] = [new Certificates(), new Certificates()];
    fake = await FakeServer.start({ tls: { certificate: ours.read("server.pem"), key: ours.read("server-key.pem"), clientAuthority: ours.read("ca.pem") } });
    await fake.server.listen({ kind: "tcp", hostname: "127.0.0.1", port: 0 });
  }, 60_000);
  afterAll(async () => {
    await fake[Symbol.asyncDispose]();
    for (const certificates of [ours, theirs]) certificates[Symbol.dispose]();
  });

  const client = (options: ConnectionOptions): TLSSocket =>
    connect({ host: "127.0.0.1", port: fake.server.ports[0] ?? 0, servername: "localhost", ca: ours.read("ca.pem"), ...options });

  const identity = (of: Certificates): ConnectionOptions => ({ cert: of.read("client.pem"), key: of.read("client-key.pem") });

  async function exchange(socket: TLSSocket, text: string): Promise<string> {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A refused client sees the alert or a reset, by the version of TLS; then the close, which counts.
    socket.on("error", () => undefined);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    socket.on("close", () => { resolve(undefined); });
    socket.write(text);
    await promise;
    return Buffer.concat(chunks).toString("latin1");
  }

  const ping = "GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  test("a client of the authority is served", async () => {
    expect(await exchange(client(identity(ours)), ping)).toStartWith("HTTP/1.1 200 OK");
  }, 60_000);

  test("a client without a certificate, or with another authority's, gets nothing", async () => {
    expect(await exchange(client({}), ping)).toBe("");
    expect(await exchange(client(identity(theirs)), ping)).toBe("");
  }, 60_000);

  test("what does not speak TLS gets nothing", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1", port: fake.server.ports[0] ?? 0,
      socket: { data: (_, bytes) => { resolve(bytes.toString("latin1")); }, close: () => { resolve(""); } },
    });
    socket.write(ping);
    expect(await promise).not.toContain("HTTP/1.1 200");
    socket.terminate();
  }, 60_000);
});

test("TLS without an authority for clients is refused", async () => {
  await using fake = await FakeServer.start({ tls: { certificate: "", key: "" } });
  expect(await failureOf(fake.server.listen({ kind: "tcp", hostname: "127.0.0.1", port: 0 }))).toContain("TLS needs an authority");
});

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String(error);
  }
  return "it did not fail";
}
