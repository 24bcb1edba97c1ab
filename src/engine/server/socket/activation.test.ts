import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RawClient } from "../fake/index.ts";
import { activatedSockets, selectSockets, socketFamily } from "./activation.ts";
import { groupId } from "./unix-socket.ts";

test("sockets are this process's only when systemd says so", () => {
  expect(activatedSockets({}, 7)).toEqual([]);
  expect(activatedSockets({ LISTEN_PID: "8", LISTEN_FDS: "1" }, 7)).toEqual([]);
  expect(activatedSockets({ LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "a" }, 7)).toEqual([{ descriptor: 3, name: "a" }, { descriptor: 4, name: "unknown" }]);
  expect(() => activatedSockets({ LISTEN_PID: "7", LISTEN_FDS: "many" }, 7)).toThrow("LISTEN_FDS");
});

test("fd:// means all of them, or one by number or name", () => {
  const sockets = [{ descriptor: 3, name: "a" }, { descriptor: 4, name: "b" }];
  expect(selectSockets(sockets, "")).toHaveLength(2);
  expect(selectSockets(sockets, "4")).toEqual([{ descriptor: 4, name: "b" }]);
  expect(selectSockets(sockets, "a")).toEqual([{ descriptor: 3, name: "a" }]);
  expect(() => selectSockets(sockets, "c")).toThrow("no socket for fd://c");
  expect(() => selectSockets([], "")).toThrow("no socket");
});

test("what is no socket is found out", () => {
  expect(() => socketFamily(1_000_000)).toThrow("not open");
});

test("the number of a group", () => {
  expect(groupId("root:x:0:\ndocker:x:998:ann\n", "docker")).toBe(998);
  expect(groupId("dockers:x:1:\n", "docker")).toBeUndefined();
});

test("a socket that was handed over is served", async () => {
  const directory = mkdtempSync(join(tmpdir(), "wharf-activation-"));
  const path = join(directory, "s");
  const program = join(import.meta.dir, "..", "fake", "activated-server.ts");
  const server = Bun.spawn([process.execPath, program, "activate", path], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  try {
    const { value } = await server.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("serving\n");
    await using client = await RawClient.connect(path);
    client.send("GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.all()).toStartWith("HTTP/1.1 200 OK");
    await server.stdin.end();
    expect(await server.exited).toBe(0);
  } finally {
    server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
