import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ExecInspect } from "../../src/api/types/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;
let id: string;

beforeAll(async () => {
  world = await ContainerWorld.open();
  id = await world.run("sleep 1000", { User: "user", Env: ["FROM=container"], WorkingDir: "/tmp" });
}, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

async function inspect(exec: string): Promise<ExecInspect> {
  return (await world.engine.call<ExecInspect>("GET", `/exec/${exec}/json`)).body;
}

async function create(body: Readonly<Record<string, unknown>>): Promise<string> {
  const reply = await world.engine.call<{ Id: string }>("POST", `/containers/${id}/exec`, body);
  expect(reply.status).toBe(201);
  return reply.body.Id;
}

test("exec: streams and exit code, as the container's user, in its folder, with its environment", () => {
  const ran = world.docker("exec", "-e", "MORE=exec", id, "sh", "-c", 'echo "$FROM $MORE $PWD $(id -un)"; echo err >&2; exit 9');
  expect(ran).toEqual({ status: 9, stdout: "container exec /tmp user\n", stderr: "err\n" });
}, limit);

test("exec: another user and folder, more rights, and input", () => {
  expect(world.output("exec", "-u", "0:200", "-w", "/etc", id, "sh", "-c", "id -u; id -g; pwd")).toBe("0\n200\n/etc");
  const bounding = (words: readonly string[]): string => world.output("exec", "-u", "0", ...words, id, "grep", "CapEff", "/proc/self/status");
  expect(bounding(["--privileged"])).not.toBe(bounding([]));
  const shell = Bun.spawnSync(["sh", "-c", `printf hello | docker exec -i ${id} cat`], { env: { ...process.env, DOCKER_HOST: world.engine.host } });
  expect(shell.stdout.toString()).toBe("hello");
}, limit);

test("exec: what cannot be started has a shell's exit code", async () => {
  const missing = world.docker("exec", id, "nothing-here");
  expect(missing.status).toBe(127);
  expect(missing.stderr + missing.stdout).toContain('exec: "nothing-here": executable file not found in $PATH');
  const exec = await create({ Cmd: ["/etc/passwd"] });
  expect((await world.engine.call("POST", `/exec/${exec}/start`, { Detach: true })).status).toBe(400);
  expect(await inspect(exec)).toMatchObject({ Running: false, ExitCode: 126 });
}, limit);

test("exec, detached: runs when the call returns, and is run once", async () => {
  const exec = await create({ Cmd: ["sh", "-c", "sleep 1000"] });
  expect(await inspect(exec)).toMatchObject({ Running: false, ExitCode: null, ContainerID: id });
  expect((await world.engine.call("POST", `/exec/${exec}/start`, { Detach: true })).status).toBe(200);
  const running = await inspect(exec);
  expect(running.Running).toBe(true);
  expect(running.Pid).toBeGreaterThan(1);
  expect((await world.engine.call("POST", `/exec/${exec}/start`, { Detach: true })).status).toBe(409);
  expect((await world.inspect(id)).ExecIDs).toContain(exec);
}, limit);

test("exec events: create, start and end with the exit code", () => {
  const since = String(Date.now() / 1000);
  expect(world.docker("exec", id, "sh", "-c", "exit 2").status).toBe(2);
  const until = String(Date.now() / 1000 + 0.001);
  const events = world.output("events", "--since", since, "--until", until, "--format", "{{.Action}}/{{.Actor.Attributes.exitCode}}");
  expect(events.split("\n")).toEqual(["exec_create: sh -c exit 2/<no value>", "exec_start: sh -c exit 2/<no value>", "exec_die/2"]);
}, limit);

test("exec in what does not run is refused, and an exec that there is not is not found", async () => {
  const stopped = await world.create("true");
  const refused = await world.engine.call<{ message: string }>("POST", `/containers/${stopped}/exec`, { Cmd: ["true"] });
  expect(refused).toEqual({ status: 409, body: { message: `container ${stopped} is not running` } });
  expect(await world.engine.call("GET", "/exec/0123/json")).toEqual({ status: 404, body: { message: "No such exec instance: 0123" } });
  expect((await world.engine.call("POST", `/containers/${id}/exec`, { Cmd: [] })).status).toBe(400);
}, limit);

test("exec: ten at once, each with its own output", async () => {
  const outputs = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    const exec = await create({ Cmd: ["echo", `number ${i}`], AttachStdout: true, Tty: true });
    const { body } = await world.engine.call<string>("POST", `/exec/${exec}/start`, { Tty: true });
    return body.trim();
  }));
  expect(outputs).toEqual(Array.from({ length: 10 }, (_, i) => `number ${i}`));
}, limit);

test("exec: an engine that is told to end does so while commands run, and they go on", async () => {
  const exec = await create({ Cmd: ["sleep", "1000"] });
  await world.engine.call("POST", `/exec/${exec}/start`, { Detach: true });
  const { Pid } = await inspect(exec);
  await world.engine.stop();
  expect(() => process.kill(Pid, 0)).not.toThrow();
  await world.engine.run();
  expect((await world.inspect(id)).State.Running).toBe(true);
}, limit);
