import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
const counting = "i=0; echo ready; while :; do i=$((i+1)); done";
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

/** The processor time of a container's program, in clock ticks. */
async function timeOf(id: string): Promise<number> {
  const { Pid } = (await world.inspect(id)).State;
  const fields = readFileSync(`/proc/${Pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function isStill(id: string): Promise<boolean> {
  const before = await timeOf(id);
  await Bun.sleep(50);
  return await timeOf(id) === before;
}

/** Resolves when its program has had the processor again, which on a busy machine may take a while. */
async function goesOn(id: string): Promise<void> {
  const before = await timeOf(id);
  while (await timeOf(id) === before) await Bun.sleep(5);
}

async function busy(): Promise<string> {
  const id = await world.run(counting, { HostConfig: { NetworkMode: "none" } });
  await world.logged(id, "ready");
  return id;
}

async function post(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  return await world.engine.call("POST", `/containers/${path}`, body);
}

function actions(id: string, since: number): string[] {
  return world.output("events", "--since", String(since), "--until", String(Date.now() / 1000 + 0.001), "--filter", `container=${id}`, "--format", "{{.Action}}").split("\n");
}

test("pause: processes stand still, the state says so, and unpause lets them go on", async () => {
  const id = await busy();
  expect((await post(`${id}/pause`)).status).toBe(204);
  expect(await isStill(id)).toBe(true);
  expect((await world.inspect(id)).State).toMatchObject({ Status: "paused", Running: true, Paused: true });
  expect(world.output("ps", "--filter", `id=${id}`, "--format", "{{.Status}} {{.State}}")).toMatch(/^Up .* \(Paused\) paused$/);
  expect(await post(`${id}/pause`)).toEqual({ status: 409, body: { message: `Container ${id} is already paused` } });
  expect(await post(`${id}/start`)).toEqual({ status: 409, body: { message: "cannot start a paused container, try unpause instead" } });
  expect(await post(`${id}/exec`, { Cmd: ["true"] })).toEqual({ status: 409, body: { message: `Container ${id} is paused, unpause the container before exec` } });
  expect(await post(`${id}/attach?stream=1&stdout=1`)).toMatchObject({ status: 409 });
  expect(await world.engine.call("DELETE", `/containers/${id}`)).toMatchObject({ status: 409 });
  expect((await world.engine.call<{ ContainersPaused: number }>("GET", "/info")).body.ContainersPaused).toBe(1);
  expect((await post(`${id}/unpause`)).status).toBe(204);
  await goesOn(id);
  expect(await post(`${id}/unpause`)).toEqual({ status: 500, body: { message: `Container ${id} is not paused` } });
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
  expect(await post(`${id}/pause`)).toMatchObject({ status: 404 });
}, limit);

test("stop, restart, kill and rm -f reach a container that is paused", async () => {
  const since = Date.now() / 1000;
  const id = await world.run('trap "exit 4" TERM; echo ready; while :; do sleep 0.05; done');
  await world.logged(id, "ready");
  await post(`${id}/pause`);
  expect((await post(`${id}/stop`)).status).toBe(204);
  expect((await world.inspect(id)).State).toMatchObject({ Status: "exited", Paused: false, ExitCode: 4 });
  expect(await post(`${id}/pause`)).toEqual({ status: 409, body: { message: `container ${id} is not running` } });
  await post(`${id}/start`);
  await post(`${id}/pause`);
  expect((await post(`${id}/restart?t=0`)).status).toBe(204);
  expect((await world.inspect(id)).State).toMatchObject({ Status: "running", Paused: false });
  await post(`${id}/pause`);
  expect((await post(`${id}/kill`)).status).toBe(204);
  expect((await world.inspect(id)).State).toMatchObject({ Status: "exited", Paused: false, ExitCode: 137 });
  await post(`${id}/start`);
  await post(`${id}/pause`);
  expect((await world.engine.call("DELETE", `/containers/${id}?force=1`)).status).toBe(204);
  expect(actions(id, since).filter((action) => action.endsWith("pause"))).toEqual(["pause", "unpause", "pause", "unpause", "pause", "unpause", "pause", "unpause"]);
}, limit);

test("pause and kill at once, many times: nothing hangs, and the container ends", async () => {
  for (let round = 0; round < 10; round++) {
    const id = await busy();
    const [paused, killed] = await Promise.all([post(`${id}/pause`), post(`${id}/kill`)]);
    expect([204, 409]).toContain(paused.status);
    expect(killed.status).toBe(204);
    expect((await world.inspect(id)).State).toMatchObject({ Status: "exited", Paused: false });
    await world.engine.call("DELETE", `/containers/${id}`);
  }
}, limit);

test("kill -9 of the engine: what was paused stays so, what was not is not", async () => {
  const [still, running] = [await busy(), await busy()];
  await post(`${still}/pause`);
  await world.engine.kill();
  await world.engine.run();
  expect((await world.inspect(still)).State).toMatchObject({ Status: "paused", Paused: true });
  expect((await world.inspect(running)).State).toMatchObject({ Status: "running", Paused: false });
  expect(await isStill(still)).toBe(true);
  await goesOn(running);
  expect((await post(`${still}/unpause`)).status).toBe(204);
  await goesOn(still);
  await Promise.all([still, running].map(async (id) => world.engine.call("DELETE", `/containers/${id}?force=1`)));
}, limit);
