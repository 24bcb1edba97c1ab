import { afterAll, beforeAll, expect, test } from "bun:test";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

function events(since: number, ...filters: readonly string[]): string[] {
  const words = filters.flatMap((filter) => ["--filter", filter]);
  return world.output("events", "--since", String(since), "--until", String(Date.now() / 1000 + 0.001), ...words, "--format", "{{.Type}} {{.Action}}").split("\n");
}

test("events: since is true after kill -9 and after an orderly end, with what happened in between", async () => {
  const began = Date.now() / 1000;
  const id = await world.run("sleep 1000", { HostConfig: { NetworkMode: "none" } });
  const before = events(began, `container=${id}`);
  expect(before).toEqual(["container create", "container start"]);
  await world.engine.kill();
  await world.engine.run();
  process.kill((await world.inspect(id)).State.Pid, "SIGKILL");
  await world.wait(id);
  await world.engine.stop();
  await world.engine.run();
  await world.engine.call("DELETE", `/containers/${id}`);
  expect(events(began, `container=${id}`)).toEqual([...before, "container die", "container destroy"]);
  expect(events(began, "type=image")).toEqual([""]);
  expect(events(1, "type=image", "event=import")).toEqual(["image import"]);
}, limit);

test("events: a container that has too little memory says so before it ends", async () => {
  const began = Date.now() / 1000;
  const id = await world.run("head -c 200000000 /dev/zero | tail", { HostConfig: { NetworkMode: "none", Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 } });
  await world.wait(id);
  expect((await world.inspect(id)).State.OOMKilled).toBe(true);
  expect(events(began, `container=${id}`, "event=oom", "event=die")).toEqual(["container oom", "container die"]);
}, limit);
