import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

test("run --rm: both streams, the exit code, and nothing is left", () => {
  const ran = world.docker("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2; exit 7");
  expect(ran).toEqual({ status: 7, stdout: "out\n", stderr: "err\n" });
  expect(world.output("ps", "-aq")).toBe("");
  const { root } = world.engine;
  for (const folder of ["d/containers", "d/rw", "x/bundles", "x/exits", "x/netns", "x/runtime/crun"]) {
    const path = join(root, folder);
    expect([folder, existsSync(path) ? readdirSync(path) : []]).toEqual([folder, []]);
  }
}, limit);

test("run: what cannot be started gives a shell's exit code and docker's words", () => {
  const missing = world.docker("run", "--rm", "busybox", "no-such-program");
  expect(missing.status).toBe(127);
  expect(missing.stderr).toContain('exec: "no-such-program": executable file not found in $PATH');
  expect(world.docker("run", "--rm", "busybox", "/etc/passwd").status).toBe(126);
  expect(world.docker("run", "--rm", "--memory", "1m", "busybox", "true").status).toBe(125);
  expect(world.docker("run", "--rm", "no-such-image-anywhere", "true").status).toBe(125);
  expect(world.output("ps", "-aq")).toBe("");
}, limit);

test("run: a program that a signal ends has 128 and the signal's number", () => {
  expect(world.docker("run", "--rm", "--init", "busybox", "sh", "-c", "kill -TERM $$").status).toBe(143);
  expect(world.docker("run", "--rm", "busybox", "sh", "-c", "sh -c 'kill -9 $$'; exit $?").status).toBe(137);
}, limit);

test("a failed start leaves a created container with its error", async () => {
  const id = await world.create("", { Cmd: ["nowhere"] });
  const { status, body } = await world.engine.call<{ message: string }>("POST", `/containers/${id}/start`);
  expect(status).toBe(400);
  const { State } = await world.inspect(id);
  expect(State).toMatchObject({ Status: "created", Running: false, ExitCode: 127, Error: body.message });
  expect(world.output("rm", id)).toBe(id);
}, limit);

test("events of a run come in docker's order", async () => {
  const since = String(Date.now() / 1000);
  expect(world.docker("run", "--rm", "--name", "told", "busybox", "false").status).toBe(1);
  const until = String(Date.now() / 1000 + 0.001);
  const events = world.output("events", "--since", since, "--until", until, "--format", "{{.Type}} {{.Action}} {{.Actor.Attributes.exitCode}}").split("\n");
  expect(events).toEqual([
    "container create <no value>", "container attach <no value>", "network connect <no value>", "container start <no value>",
    "container die 1", "network disconnect <no value>", "container destroy <no value>",
  ]);
  await Promise.resolve();
}, limit);

test("out of memory is told", async () => {
  const id = await world.run("a=x; while true; do a=$a$a; done", { HostConfig: { Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 } });
  expect(await world.wait(id)).toBe(137);
  expect((await world.inspect(id)).State).toMatchObject({ OOMKilled: true, ExitCode: 137 });
}, limit);

test("names: made up, unique, found with a slash, by prefix of the id, and renamed", async () => {
  const id = await world.create("true");
  const { Name } = await world.inspect(id);
  expect(Name).toMatch(/^\/[a-z]+_[a-z]+\d?$/);
  expect((await world.inspect(Name.slice(1))).Id).toBe(id);
  expect((await world.inspect(id.slice(0, 10))).Id).toBe(id);
  const conflict = await world.engine.call<{ message: string }>("POST", `/containers/create?name=${Name.slice(1)}`, { Image: "busybox" });
  expect(conflict).toEqual({
    status: 409,
    body: { message: `Conflict. The container name "${Name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.` },
  });
  expect((await world.engine.call("POST", `/containers/${id}/rename?name=other`)).status).toBe(204);
  expect((await world.engine.call<{ message: string }>("GET", `/containers${Name}/json`)).body.message).toBe(`No such container: ${Name.slice(1)}`);
  expect((await world.inspect("other")).Name).toBe("/other");
  expect((await world.engine.call("POST", `/containers/${id}/rename?name=-wrong`)).status).toBe(400);
}, limit);

test("what is not honoured is refused and named", async () => {
  const refused = await world.engine.call<{ message: string }>("POST", "/containers/create", { Image: "busybox", HostConfig: { UsernsMode: "remapped" } });
  expect(refused).toEqual({ status: 400, body: { message: "invalid user namespace mode: remapped" } });
}, limit);

test("environment, working folder, user and hostname reach the program", () => {
  const printed = world.output("run", "--rm", "-e", "A=b c", "-w", "/new/folder", "-u", "user", "-h", "box", "busybox", "sh", "-c", 'echo "$A $PWD $(id -un) $(id -G) $(hostname) $HOME"');
  expect(printed).toBe("b c /new/folder user 1000 200 box /home/user");
}, limit);

test("volumes: a bind, a named one, a tmpfs, and a root that is read-only", () => {
  world.output("run", "--rm", "-v", "kept:/data", "busybox", "sh", "-c", "echo one > /data/file");
  const script = "cat /data/file; touch /data/no 2>/dev/null || echo read-only; touch /x 2>/dev/null || echo root; touch /t/y && echo tmpfs; ls /h | wc -l";
  const printed = world.output("run", "--rm", "--read-only", "-v", "kept:/data:ro", "--tmpfs", "/t", "-v", `${world.engine.root}/d:/h`, "busybox", "sh", "-c", script);
  expect(printed.split("\n").slice(0, 4)).toEqual(["one", "read-only", "root", "tmpfs"]);
  expect(world.output("volume", "rm", "kept")).toBe("kept");
}, limit);

test("container: and host networks", async () => {
  const id = await world.run("sleep 1000");
  const own = world.output("exec", id, "readlink", "/proc/self/ns/net");
  expect(world.output("run", "--rm", "--network", `container:${id}`, "busybox", "readlink", "/proc/self/ns/net")).toBe(own);
  expect(world.output("run", "--rm", "--network", "host", "busybox", "readlink", "/proc/self/ns/net")).not.toBe(own);
  expect(world.output("run", "--rm", "--network", "none", "busybox", "ls", "/sys/class/net")).toBe("lo");
  expect(world.output("rm", "-f", id)).toBe(id);
}, limit);

test("--ipc: shared memory of a container that shares it, and no other's", async () => {
  const id = await world.run("echo shared > /dev/shm/word; echo ready; sleep 1000", { HostConfig: { IpcMode: "shareable" } });
  await world.logged(id, "ready");
  expect(world.output("run", "--rm", "--ipc", `container:${id}`, "busybox", "cat", "/dev/shm/word")).toBe("shared");
  expect(world.output("run", "--rm", "busybox", "ls", "/dev/shm")).toBe("");
  expect(world.output("rm", "-f", id)).toBe(id);
  const own = await world.run("sleep 1000");
  expect(world.docker("run", "--rm", "--ipc", `container:${own}`, "busybox", "true").stderr).toContain("non-shareable IPC");
  expect(world.output("rm", "-f", own)).toBe(own);
}, limit);

test("a removal by force while the start goes on leaves nothing", async () => {
  const id = await world.create("sleep 1000");
  const starting = world.engine.call("POST", `/containers/${id}/start`);
  const { status } = await world.engine.call("DELETE", `/containers/${id}?force=1`);
  expect(status).toBe(204);
  await starting;
  expect((await world.engine.call("GET", `/containers/${id}/json`)).status).toBe(404);
  expect(world.output("ps", "-aq", "--no-trunc")).not.toContain(id);
}, limit);
