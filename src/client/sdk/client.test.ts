import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, isEngineAnswer, parseHostAddress, splitFrames, type EngineClient } from "./index.ts";

type Talk = (socket: Socket, request: string, count: number) => void;

const opened: (() => void)[] = [];
afterEach(() => { for (const close of opened.splice(0)) close(); });

/** A server that answers each request head by hand, byte for byte. */
async function scripted(talk: Talk): Promise<{ readonly client: EngineClient; readonly connections: () => number }> {
  const folder = mkdtempSync(join(tmpdir(), "wharf-sdk-"));
  const path = join(folder, "s");
  let connections = 0;
  let requests = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    connections += 1;
    let head = "";
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      head += bytes.toString();
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const request = head.slice(0, end);
      head = "";
      requests += 1;
      talk(socket, request, requests);
    });
  });
  await new Promise<void>((resolve) => { server.listen(path, resolve); });
  const client = connect({ host: `unix://${path}`, version: 50 });
  opened.push(() => {
    client.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { client, connections: () => connections };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const bytes of chunks) text += Buffer.from(bytes).toString();
  return text;
}

describe("replies", () => {
  test("of a length, whole and in pieces", async () => {
    const { client, connections } = await scripted((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Le");
      setImmediate(() => { socket.write('ngth: 12\r\n\r\n[{"Id":'); setImmediate(() => socket.write('"a"}]')); });
    });
    expect(await client.call("containerList", {})).toMatchObject([{ Id: "a" }]);
    expect(await client.call("containerList", {})).toMatchObject([{ Id: "a" }]);
    expect(connections()).toBe(1);
  });
  test("between two requests the engine's end is answered with ours", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { client } = await scripted((socket) => {
      socket.on("close", () => { resolve(undefined); });
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
      setImmediate(() => { socket.end(); });
    });
    expect(await client.call("containerList", {})).toEqual([]);
    await promise;
  });
  test("an abort ends a stream also after an earlier request", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { client } = await scripted((socket, request) => {
      if (!request.includes("/events")) {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        return;
      }
      socket.on("end", () => { resolve(undefined); });
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n');
    });
    await client.call("containerList", {});
    const stop = new AbortController();
    const events = (await client.lines("systemEvents", { signal: stop.signal }))[Symbol.asyncIterator]();
    await events.next();
    stop.abort();
    await promise;
  });
  test("in chunks, with an extension and a trailer", async () => {
    const { client } = await scripted((socket) => { socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\n[{"Id"\r\n6\r\n:"b"}]\r\n0\r\nTrailer: x\r\n\r\n'); });
    expect(await client.call("containerList", {})).toMatchObject([{ Id: "b" }]);
  });
  test("until the end of the connection, after a 100", async () => {
    const { client } = await scripted((socket) => { socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n[]'); });
    expect(await client.call("containerList", {})).toEqual([]);
  });
  test("integers that a double does not hold are exact", async () => {
    const { client } = await scripted((socket) => { socket.end('HTTP/1.1 200 OK\r\n\r\n{"timeNano":1700000000123456789,"time":1700000000}\n{"timeNano":1}\n'); });
    const seen: unknown[] = [];
    for await (const event of await client.lines("systemEvents", {})) seen.push(event.timeNano);
    expect(seen).toEqual([1700000000123456789n, 1]);
  });
});

describe("failures", () => {
  test("an error's message is the engine's, its kind follows the status", async () => {
    const { client } = await scripted((socket) => { socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 40\r\n\r\n{"message":"No such container: nothing"}'); });
    const error: unknown = await client.call("containerInspect", { path: { id: "nothing" } }).catch((reason: unknown) => reason);
    expect(isEngineAnswer(error)).toBe(true);
    expect(error).toMatchObject({ kind: "not-found", message: "No such container: nothing" });
  });
  test("an early end, nonsense, a broken chunk", async () => {
    for (const [reply, message] of [
      ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[", "unexpected EOF"], ["SSH-2.0-x\r\n\r\n", "malformed HTTP response"],
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed chunk length"], ["", "closed the connection"], ["HTTP/1.1 200 OK\r\n\r\n{", "is no JSON"],
    ] as const) {
      const { client } = await scripted((socket) => { socket.end(reply); });
      // Thenables of bun's expect are awaited one by one.
      const error: unknown = await client.call("containerList", {}).catch((reason: unknown) => reason);
      expect(String(error)).toContain(message);
    }
  });
  test("a connection that the engine closed between two requests is replaced", async () => {
    const { client, connections } = await scripted((socket, _, count) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
      if (count === 1) socket.end();
    });
    expect(await client.call("containerList", {})).toEqual([]);
    await new Promise<void>((resolve) => { setImmediate(resolve); });
    expect(await client.call("containerList", {})).toEqual([]);
    expect(connections()).toBe(2);
  });
  test("a request that is aborted ends", async () => {
    const { client } = await scripted(() => undefined);
    const controller = new AbortController();
    const call = client.call("containerWait", { path: { id: "a" }, signal: controller.signal }).catch((reason: unknown) => reason);
    setImmediate(() => { controller.abort(); });
    expect(await call).toMatchObject({ kind: "cancelled" });
  });
  test("nobody there, and somebody after the caller saw to it", async () => {
    const error: unknown = await connect({ host: "unix:///nonexistent/socket" }).call("containerList", {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "unavailable", message: "Cannot connect to the Docker daemon at unix:///nonexistent/socket. Is the docker daemon running?" });
  });
});

test("requests carry the version, the path, the query and the body", async () => {
  const requests: string[] = [];
  const { client } = await scripted((socket, request) => {
    requests.push(request.split("\r\n")[0] ?? "");
    socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  await client.call("containerKill", { path: { id: "a/b" }, query: { signal: "SIGTERM" } });
  await client.call("imageTag", { path: { name: "localhost:5000/a b" }, query: { repo: "x/y", tag: "1" } });
  expect(requests).toEqual(["POST /v1.50/containers/a%2Fb/kill?signal=SIGTERM HTTP/1.1", "POST /v1.50/images/localhost:5000/a%20b/tag?repo=x%2Fy&tag=1 HTTP/1.1"]);
});

test("a hijacked connection goes both ways, each half closed on its own", async () => {
  const { client } = await scripted((socket, request, count) => {
    if (count > 1) return;
    expect(request).toContain("Upgrade: tcp");
    socket.removeAllListeners("data");
    let typed = "";
    socket.on("data", (bytes) => { typed += bytes.toString(); });
    socket.on("end", () => { socket.end(`got ${typed}`); });
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst ");
  });
  const { connection, output } = await client.hijack("containerAttach", { path: { id: "a" }, query: { stdin: true } });
  await connection.write(Buffer.from("some input"));
  connection.endWriting();
  expect(await textOf(output)).toBe("first got some input");
});

test("frames are taken apart wherever they are cut", async () => {
  const frame = (stream: number, text: string): Buffer => Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
  const all = Buffer.concat([frame(1, "out"), frame(2, "error"), frame(1, ""), frame(1, "more")]);
  for (let size = 1; size <= all.length; size += 1) {
    const seen = { stdout: "", stderr: "" };
    for await (const { stream, bytes } of splitFrames(pieces(all, size))) seen[stream] += Buffer.from(bytes).toString();
    expect(seen).toEqual({ stdout: "outmore", stderr: "error" });
  }
  const failing = async (): Promise<void> => { for await (const _ of splitFrames(pieces(frame(3, "gone wrong"), 4))) expect(_).toBeUndefined(); };
  const error: unknown = await failing().catch((reason: unknown) => reason);
  expect(String(error)).toContain("error from daemon in stream: gone wrong");
});

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe("hosts", () => {
  test("of every kind", () => {
    expect(parseHostAddress("unix:///run/a.sock")).toEqual({ kind: "unix", path: "/run/a.sock" });
    expect(parseHostAddress("tcp://h:1")).toEqual({ kind: "tcp", host: "h", port: 1 });
    expect(parseHostAddress("tcp://h")).toEqual({ kind: "tcp", host: "h", port: 2375 });
    expect(parseHostAddress("tcp://h", { tls: true })).toEqual({ kind: "tcp", host: "h", port: 2376 });
    expect(parseHostAddress("tcp://[::1]:5")).toEqual({ kind: "tcp", host: "::1", port: 5 });
    expect(parseHostAddress("ssh://ann@h:22/run/x")).toEqual({ kind: "ssh", host: "h", port: 22, user: "ann", socket: "/run/x" });
  });
  for (const host of ["ftp://x", "unix://", "tcp://h:99999", "ssh://-oProxyCommand=x", "ssh://"]) {
    test(`not ${host}`, () => { expect(() => parseHostAddress(host)).toThrow("invalid bind address format"); });
  }
});
