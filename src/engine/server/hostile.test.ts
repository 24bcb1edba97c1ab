import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeServer, RawClient } from "./fake/index.ts";
import { parseListenAddress } from "./index.ts";

let fake: FakeServer;
beforeAll(async () => { fake = await FakeServer.start(); });
afterAll(async () => { await fake[Symbol.asyncDispose](); });

const privileged = '{"Image":"busybox","HostConfig":{"Privileged":true}}';

describe("CVE-2024-41110, CVE-2026-34040: the body that is checked is the body that is used", () => {
  test("length 0 is an empty body, also when bytes follow", async () => {
    const reply = await fake.exchange(
      `POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n${privileged}`,
    );
    expect(reply).toContain("got EOF while reading request body");
    expect(fake.backend.made.size).toBe(0);
  });

  test("chunks are decoded, and decoded once", async () => {
    const chunked = privileged.split("").map((letter) => `1\r\n${letter}\r\n`).join("");
    const reply = await fake.exchange(
      `POST /containers/create?name=chunked HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunked}0\r\nTrailer: x\r\n\r\n`,
    );
    expect(reply).toStartWith("HTTP/1.1 201");
    expect(fake.backend.find("chunked").request.body.HostConfig.Privileged).toBe(true);
  });

  test("a body of 5 MB is used whole", async () => {
    const text = `{"Labels":{"a":"${"x".repeat(5_000_000)}"},"Image":"busybox","HostConfig":{"Privileged":true}}`;
    expect((await fake.request("POST", "/containers/create?name=large", { text })).status).toBe(201);
    expect(fake.backend.find("large").request.body).toMatchObject({ HostConfig: { Privileged: true } });
  });

  test("one beyond the limit is refused, with a length and in chunks", async () => {
    const text = `{"Labels":{"a":"${"x".repeat(9_000_000)}"},"Image":"busybox"}`;
    const before = fake.backend.made.size;
    expect((await fake.request("POST", "/containers/create", { text })).status).toBe(413);
    await using client = await fake.client();
    client.send("POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    client.send(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`);
    expect(await client.until("larger than")).toStartWith("HTTP/1.1 413");
    expect(fake.backend.made.size).toBe(before);
  });

  test.each(['{"Image":"busybox","Image":"other"}', '{"Image":"busybox","image":"other"}', '{"Image":"busybox","HostConfig":{"Privileged":false,"privileged":true}}'])(
    "names given twice are refused: %s", async (text) => {
      expect((await fake.request("POST", "/containers/create", { text })).status).toBe(400);
    },
  );

  test.each([
    ["a length and chunks", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"],
    ["two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"],
    ["a signed length", "Content-Length: +3\r\n"],
    ["a list of lengths", "Content-Length: 3, 3\r\n"],
    ["a folded header", "A: b\r\n c\r\n"],
    ["a blank before the colon", "Content-Length : 3\r\n"],
    ["a lone line feed in a value", "A: b\nContent-Length: 3\r\n"],
    ["two hosts", "Host: y\r\n"],
  ])("a request that two readers could cut differently is refused: %s", async (_, headers) => {
    expect(await fake.exchange(`POST /containers/create HTTP/1.1\r\nHost: x\r\n${headers}\r\nabc`)).toStartWith("HTTP/1.1 400");
  });

  test.each(["gzip", "chunked, chunked", "identity, chunked"])("the transfer coding %p is refused", async (coding) => {
    expect(await fake.exchange(`POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${coding}\r\n\r\n`)).toStartWith("HTTP/1.1 501");
  });

  test.each(["x\r\n", "-1\r\n", "0x3\r\nabc\r\n", "3\r\nabcd\r\n", `${"1".repeat(40)}\r\n`, "a".repeat(9_000)])("a malformed chunk is refused: %p", async (chunk) => {
    const reply = await fake.exchange(`POST /volumes/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect(reply).toStartWith("HTTP/1.1 400");
  });
});

describe("CVE-2020-15257: who reaches the socket", () => {
  test("the socket is nobody else's", () => {
    const found = statSync(fake.path);
    expect(found.isSocket()).toBe(true);
    expect(found.mode & 0o007).toBe(0);
    // A group may be let in, and then it is docker's and no other.
    expect([0o600, 0o660]).toContain(found.mode & 0o777);
  });

  test.each(["unix://@wharf", "unix://\0wharf", "unix://wharf.sock", "unix://", `unix:///${"a".repeat(200)}`, "tcp://1.2.3.4", "tcp://a:b:1", "tcp://[::g]:1", "http://a:1", "", "/run/x"])(
    "an address that is no path or port is refused: %p", (text) => {
      expect(() => parseListenAddress(text)).toThrow("invalid host");
    },
  );

  test("TCP without TLS is refused, on loopback without the flag and elsewhere always", async () => {
    await using other = await FakeServer.start();
    const listen = (hostname: string): Promise<void> => other.server.listen({ kind: "tcp", hostname, port: 0 });
    expect(await failureOf(listen("127.0.0.1"))).toContain("without TLS");
    await using plain = await FakeServer.start({ allowsPlainTcp: true });
    expect(await failureOf(plain.server.listen({ kind: "tcp", hostname: "0.0.0.0", port: 0 }))).toContain("without TLS");
    await plain.server.listen({ kind: "tcp", hostname: "127.0.0.1", port: 0 });
    await using client = await RawClient.connect(plain.server.ports[0] ?? 0);
    client.send("GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.all()).toStartWith("HTTP/1.1 200");
  });

  test("what is no socket, and a socket that is served, are left alone; a dead one is replaced", async () => {
    const file = join(fake.directory, "file");
    writeFileSync(file, "data");
    mkdirSync(join(fake.directory, "directory"));
    await using other = await FakeServer.start();
    const listen = (path: string): Promise<void> => other.server.listen({ kind: "unix", path });
    expect(await failureOf(listen(file))).toContain("no socket");
    expect(await failureOf(listen(join(fake.directory, "directory")))).toContain("no socket");
    expect(await failureOf(listen(fake.path))).toContain("another process serves it");
    const dead = join(fake.directory, "dead");
    Bun.spawnSync([process.execPath, "-e", `Bun.listen({ unix: ${JSON.stringify(dead)}, socket: { data() {} } }); process.kill(process.pid, 9);`]);
    expect(statSync(dead).isSocket()).toBe(true);
    await listen(dead);
  });
});

describe("CVE-2022-23471: what a client leaves behind", () => {
  test("attaches that are broken off leave nothing", async () => {
    await fake.request("POST", "/containers/create?name=attached", { text: '{"Image":"busybox","Cmd":["sleep"]}' });
    const container = fake.backend.find("attached");
    for (let batch = 0; batch < 20; batch += 1) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => fake.client()));
      await Promise.all(clients.map(async (client) => {
        client.send("POST /containers/attached/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        await client.until("\r\n\r\n");
      }));
      expect(container.attached).toBe(50);
      for (const client of clients) client.abort();
      while (container.attached > 0 || fake.server.connections > 0) await Bun.sleep(1);
    }
    expect(fake.errors).toEqual([]);
  }, 60_000);

  test("a client that sends and reads nothing is not read further", async () => {
    await fake.request("POST", "/containers/create?name=full", { text: '{"Image":"busybox","Cmd":["cat"],"Tty":true}' });
    await using client = await fake.client();
    client.send("POST /containers/full/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    await client.until("\r\n\r\n");
    const before = process.memoryUsage.rss();
    // Nobody reads the container's input before it starts: the rest has to wait in the client.
    client.send(new Uint8Array(64 * 1024 * 1024));
    await fake.request("GET", "/_ping");
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
    client.abort();
  }, 60_000);
});

describe("slow and endless requests", () => {
  test("headers without end are refused", async () => {
    await using client = await fake.client();
    client.send(`GET /_ping HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(200_000)}`);
    expect(await client.until("too large")).toStartWith("HTTP/1.1 431");
  });

  test("headers that do not come in time are refused, idle connections are not", async () => {
    await using slow = await FakeServer.start({ limits: { headTime: 100 } });
    await using idle = await slow.client();
    await using client = await slow.client();
    client.send("GET /_ping HTTP/1.1\r\nHost:");
    expect(await client.all()).toStartWith("HTTP/1.1 408");
    idle.send("GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await idle.all()).toStartWith("HTTP/1.1 200");
  }, 60_000);

  test.each([
    ["\0\0\0", "400"], ["GET\r\n\r\n", "400"], ["GET /_ping\r\n\r\n", "400"], ["GET  /_ping HTTP/1.1\r\n\r\n", "400"], ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"],
    ["GET /_ping HTTP/1.1\r\n\r\n", "400"], ["GET _ping HTTP/1.1\r\nHost: x\r\n\r\n", "400"], ["GET /_ping HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n", "417"],
  ])("what is no request is refused: %p", async (text, status) => {
    await using client = await fake.client();
    client.send(text);
    client.endInput();
    const reply = await client.all();
    expect(reply === "" ? "400" : reply.slice(9, 12)).toBe(status);
  });
});

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String(error);
  }
  return "it did not fail";
}
