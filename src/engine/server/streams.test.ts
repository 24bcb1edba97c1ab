import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FakeServer, type RawClient } from "./fake/index.ts";

let fake: FakeServer;
beforeAll(async () => { fake = await FakeServer.start(); });
afterAll(async () => { await fake[Symbol.asyncDispose](); });

const upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

async function make(name: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  const reply = await fake.request("POST", `/containers/create?name=${name}`, { text: JSON.stringify({ Image: "busybox", ...config }) });
  expect(reply.status).toBe(201);
}

async function attach(name: string, { headers = upgrade, version = "1.50", stdin = false } = {}): Promise<RawClient> {
  const client = await fake.client();
  client.send(`POST /v${version}/containers/${name}/attach?stream=1&stdout=1&stderr=1${stdin ? "&stdin=1" : ""} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  await client.until("\r\n\r\n");
  return client;
}

const bodyOf = (reply: string): string => reply.slice(reply.indexOf("\r\n\r\n") + 4);
const headOf = (reply: string): string => reply.slice(0, reply.indexOf("\r\n\r\n"));

describe("attach", () => {
  test("golden: 101, and output in frames", async () => {
    await make("framed", { Cmd: ["fail", "bad"] });
    await using client = await attach("framed");
    await fake.request("POST", "/containers/framed/start");
    const reply = await client.all();
    expect(headOf(reply)).toBe([
      "HTTP/1.1 101 UPGRADED", "Api-Version: 1.50", "Docker-Experimental: false", "Ostype: linux", "Server: wharf (linux)",
      "Content-Type: application/vnd.docker.multiplexed-stream", "Connection: Upgrade", "Upgrade: tcp",
    ].join("\r\n"));
    expect(bodyOf(reply)).toBe("\x02\0\0\0\0\0\0\x04bad\n");
  });

  test("a terminal's output is raw", async () => {
    await make("terminal", { Cmd: ["echo", "hi"], Tty: true });
    await using client = await attach("terminal");
    await fake.request("POST", "/containers/terminal/start");
    const reply = await client.all();
    expect(headOf(reply)).toContain("Content-Type: application/vnd.docker.raw-stream");
    expect(bodyOf(reply)).toBe("hi\n");
  });

  test.each([["1.41", upgrade], ["1.50", ""]])("version %s with %p: raw-stream is the name of framed output too", async (version, headers) => {
    const name = `named${version}`;
    await make(name, { Cmd: ["echo", "hi"] });
    await using client = await attach(name, { version, headers });
    await fake.request("POST", `/containers/${name}/start`);
    const reply = await client.all();
    expect(headOf(reply)).toContain("Content-Type: application/vnd.docker.raw-stream");
    expect(reply.startsWith(headers === "" ? "HTTP/1.1 200 OK" : "HTTP/1.1 101 UPGRADED")).toBe(true);
    expect(bodyOf(reply)).toBe("\x01\0\0\0\0\0\0\x03hi\n");
  });

  test("input is read to the client's half-close, and what comes back is not lost by it", async () => {
    await make("half", { Cmd: ["cat"], Tty: true });
    await using client = await attach("half", { stdin: true });
    await fake.request("POST", "/containers/half/start");
    const sent = "0123456789".repeat(100_000);
    client.send(sent);
    client.endInput();
    expect(bodyOf(await client.all())).toBe(sent);
  });

  test("input that came in one packet with the request is not lost", async () => {
    await make("early", { Cmd: ["cat"], Tty: true });
    await using client = await fake.client();
    client.send(`POST /containers/early/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nearly bytes`);
    client.endInput();
    await client.until("\r\n\r\n");
    await fake.request("POST", "/containers/early/start");
    expect(bodyOf(await client.all())).toBe("early bytes");
  });

  test("one that does not exist is an ordinary 404", async () => {
    await using client = await attach("nope");
    expect(await client.until("No such container: nope")).toStartWith("HTTP/1.1 404 Not Found");
  });
});

describe("exec", () => {
  async function exec(command: readonly string[], start: Readonly<Record<string, unknown>>, headers = upgrade): Promise<string> {
    const created = await fake.request("POST", "/containers/shell/exec", { text: JSON.stringify({ Cmd: command, Tty: start["Tty"] === true }) });
    const { Id } = JSON.parse(created.body) as { Id: string };
    await using client = await fake.client();
    const body = JSON.stringify(start);
    client.send(`POST /exec/${Id}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`);
    client.endInput();
    return await client.all();
  }

  beforeAll(async () => { await make("shell", { Cmd: ["sleep"] }); });

  test("output in frames", async () => {
    const reply = await exec(["echo", "in"], {});
    expect(reply).toStartWith("HTTP/1.1 101 UPGRADED");
    expect(bodyOf(reply)).toBe("\x01\0\0\0\0\0\0\x03in\n");
  });

  test("what keeps a program from starting is told in the stream", async () => {
    expect(bodyOf(await exec(["nothing"], {}))).toContain('exec: "nothing": executable file not found in $PATH\r\n');
  });

  test("detached, the answer is empty", async () => {
    const reply = await exec(["echo"], { Detach: true }, "Connection: close\r\n");
    expect([headOf(reply).split("\r\n")[0], bodyOf(reply)]).toEqual(["HTTP/1.1 200 OK", ""]);
  });

  test("without a command, or with a size and no terminal, it is refused", async () => {
    expect((await fake.request("POST", "/containers/shell/exec", { text: "{}" })).body).toContain("No exec command specified");
    expect(await exec(["echo"], { ConsoleSize: [1, 2] }, "Connection: close\r\n")).toContain("console size can only be set when TTY is requested");
  });
});

test("wait: the headers come once it is registered, the body at the end", async () => {
  await make("awaited", { Cmd: ["sleep"] });
  await fake.request("POST", "/containers/awaited/start");
  await using client = await fake.client();
  client.send("POST /containers/awaited/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(bodyOf(await client.until("\r\n\r\n"))).toBe("");
  await fake.request("POST", "/containers/awaited/kill");
  expect(await client.all()).toContain('{"StatusCode":137}\n');
});

test("logs: the type says whether there are frames", async () => {
  await make("logged", { Cmd: ["echo", "line"] });
  await fake.request("POST", "/containers/logged/start");
  await fake.request("POST", "/containers/logged/wait");
  const reply = await fake.request("GET", "/containers/logged/logs?stdout=1");
  expect(reply.headers.get("content-type")).toBe("application/vnd.docker.multiplexed-stream");
  expect(reply.body).toContain("\x01\0\0\0\0\0\0\x05line\n");
  expect((await fake.request("GET", "/v1.41/containers/logged/logs?stdout=1")).headers.get("content-type")).toBe("application/vnd.docker.raw-stream");
});

test("100-continue is sent when the body is asked for, and not when the request is refused before", async () => {
  await using client = await fake.client();
  client.send("POST /images/load HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  expect(await client.until("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  expect(await client.all()).toContain("Loaded image");
  const refused = await fake.exchange("POST /images/nope HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  expect(refused).toStartWith("HTTP/1.1 404");
});

test("a refused upload is read to its end, so that the client gets the answer", async () => {
  await using client = await fake.client();
  const size = 8 * 1024 * 1024;
  client.send(`POST /images/nope/push/x HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
  client.send(new Uint8Array(size));
  const reply = await client.until("page not found");
  expect(reply).toStartWith("HTTP/1.1 404");
  client.endInput();
  await client.all();
});

test("stop: streams that have no end of their own are ended, running ones first finish", async () => {
  await using other = await FakeServer.start();
  await other.request("POST", "/containers/create?name=a", { text: '{"Image":"busybox","Cmd":["sleep"]}' });
  await using attached = await other.client();
  attached.send(`POST /containers/a/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
  await attached.until("\r\n\r\n");
  await using idle = await other.client();
  idle.send("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
  await idle.until("OK");
  const stopped = other.server.stop(60_000);
  await Promise.all([attached.all(), idle.all()]);
  for (const client of [attached, idle]) client.endInput();
  await stopped;
  expect(other.server.connections).toBe(0);
}, 60_000);
