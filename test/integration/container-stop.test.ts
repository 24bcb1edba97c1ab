import { afterAll, beforeAll, expect, test } from "bun:test";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
const politely = 'trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done';
const stubborn = 'trap "" TERM; echo ready; while :; do sleep 0.05; done';
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

test("stop: the program's own end, and none for what does not run", async () => {
  const id = await world.run(politely);
  await world.logged(id, "ready");
  expect((await world.engine.call("POST", `/containers/${id}/stop`)).status).toBe(204);
  expect((await world.inspect(id)).State).toMatchObject({ Status: "exited", ExitCode: 3 });
  expect((await world.engine.call("POST", `/containers/${id}/stop`)).status).toBe(304);
  expect(world.output("logs", id)).toBe("ready\nbye");
}, limit);

test("stop: by force after the time that was given, and by the container's own signal", async () => {
  const id = await world.run(stubborn);
  await world.logged(id, "ready");
  await world.engine.call("POST", `/containers/${id}/stop?t=0`);
  expect((await world.inspect(id)).State.ExitCode).toBe(137);
  const other = await world.run('trap "exit 5" USR1; echo ready; while :; do sleep 0.05; done', { StopSignal: "SIGUSR1", StopTimeout: 60 });
  await world.logged(other, "ready");
  await world.engine.call("POST", `/containers/${other}/stop`);
  expect((await world.inspect(other)).State.ExitCode).toBe(5);
}, limit);

test("a container that will not stop keeps nobody else waiting", async () => {
  const id = await world.run(stubborn);
  await world.logged(id, "ready");
  const stopping = world.engine.call("POST", `/containers/${id}/stop?t=-1`);
  const other = await world.run("exit 4");
  expect(await world.wait(other)).toBe(4);
  expect((await world.inspect(id)).State.Running).toBe(true);
  expect((await world.engine.call<unknown[]>("GET", "/containers/json")).body).toHaveLength(1);
  expect((await world.engine.call("POST", `/containers/${id}/kill`)).status).toBe(204);
  expect((await stopping).status).toBe(204);
}, limit);

test("kill: signals by name and number, and docker's words for what is none or does not run", async () => {
  const id = await world.run('trap "echo got it" HUP; echo ready; while :; do sleep 0.05; done');
  await world.logged(id, "ready");
  expect((await world.engine.call("POST", `/containers/${id}/kill?signal=hup`)).status).toBe(204);
  await world.logged(id, "got it");
  expect(await world.engine.call("POST", `/containers/${id}/kill?signal=WINNER`)).toEqual({ status: 400, body: { message: "Invalid signal: WINNER" } });
  expect((await world.engine.call("POST", `/containers/${id}/kill?signal=9`)).status).toBe(204);
  expect((await world.inspect(id)).State).toMatchObject({ Running: false, ExitCode: 137 });
  const again = await world.engine.call<{ message: string }>("POST", `/containers/${id}/kill`);
  expect(again).toEqual({ status: 409, body: { message: `cannot kill container: ${id}: container ${id} is not running` } });
}, limit);

test("restart: runs anew, also what was stopped", async () => {
  const id = await world.run(politely);
  await world.logged(id, "ready");
  const before = (await world.inspect(id)).State;
  expect((await world.engine.call("POST", `/containers/${id}/restart?t=5`)).status).toBe(204);
  const after = (await world.inspect(id)).State;
  expect(after.Running).toBe(true);
  expect(after.Pid).not.toBe(before.Pid);
  await world.engine.call("POST", `/containers/${id}/stop?t=0`);
  expect((await world.engine.call("POST", `/containers/${id}/restart`)).status).toBe(204);
  expect((await world.inspect(id)).State.Running).toBe(true);
}, limit);

test("restart policy on-failure: so often and no more", async () => {
  const id = await world.create("exit 6", { HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } } });
  const events = await fetch(`http://engine/events?filters=${encodeURIComponent(JSON.stringify({ container: [id], event: ["die"] }))}`, { unix: world.engine.socket });
  await world.start(id);
  let seen = "";
  for await (const chunk of events.body ?? []) {
    seen += Buffer.from(chunk).toString();
    if (seen.trim().split("\n").length === 3) break;
  }
  expect(await world.wait(id)).toBe(6);
  const { State, RestartCount } = await world.inspect(id);
  expect(State.Status).toBe("exited");
  expect(RestartCount).toBe(2);
}, limit);

test("restart policy always: until it is stopped by hand", async () => {
  const id = await world.run("exit 0", { HostConfig: { RestartPolicy: { Name: "always" } } });
  for (let count = 0; count < 2; count++) await world.wait(id, "next-exit");
  expect((await world.inspect(id)).RestartCount).toBeGreaterThan(0);
  expect((await world.engine.call("POST", `/containers/${id}/stop`)).status).toBe(204);
  expect((await world.inspect(id)).State.Status).toBe("exited");
}, limit);

test("rm: not while it runs, unless by force; a wait for the removal ends with the exit code", async () => {
  const id = await world.run("sleep 1000");
  const refused = await world.engine.call<{ message: string }>("DELETE", `/containers/${id}`);
  expect(refused.status).toBe(409);
  expect(refused.body.message).toContain("container is running: stop the container before removing or force remove");
  const removed = world.wait(id, "removed");
  expect((await world.engine.call("DELETE", `/containers/${id}?force=1`)).status).toBe(204);
  expect(await removed).toBe(137);
  expect((await world.engine.call("GET", `/containers/${id}/json`)).status).toBe(404);
}, limit);

test("twenty at once: each has its own exit code, and nothing is left", async () => {
  const codes = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const id = await world.run(`exit ${i + 1}`, { HostConfig: { NetworkMode: i % 2 === 0 ? "none" : "bridge" } });
    const code = await world.wait(id);
    await world.engine.call("DELETE", `/containers/${id}`);
    return code;
  }));
  expect(codes).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
}, limit);
