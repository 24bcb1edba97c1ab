import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ContainerPruneReply, ImagePruneReply, ImageSummary } from "../../src/api/types/index.ts";
import { ContainerWorld } from "./container-world.ts";
import { importCrafted } from "./crafted-image.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

function query(filters: Readonly<Record<string, readonly string[]>>): string {
  return `?filters=${encodeURIComponent(JSON.stringify(filters))}`;
}

/** The last event of an action, as "type reclaimed". */
function lastPrune(): string {
  return world.output("events", "--since", "1", "--until", String(Date.now() / 1000 + 0.001), "--filter", "event=prune", "--format", "{{.Type}} {{.Actor.Attributes.reclaimed}}").split("\n").at(-1) ?? "";
}

test("containers: what does not run goes with what it wrote, whose size is told; its volumes stay", async () => {
  const ended = await world.run("head -c 70000 /dev/zero > /seventy; head -c 9 /dev/zero > /nine", { HostConfig: { Binds: ["kept:/data"] } });
  await world.wait(ended);
  const [running, paused] = [await world.run("sleep 1000"), await world.run("sleep 1000")];
  await world.engine.call("POST", `/containers/${paused}/pause`);
  const { SizeRw } = (await world.engine.call<{ SizeRw: number }>("GET", `/containers/${ended}/json?size=1`)).body;
  expect(SizeRw).toBeGreaterThanOrEqual(70_009);
  const { body } = await world.engine.call<ContainerPruneReply>("POST", "/containers/prune");
  expect(body).toEqual({ ContainersDeleted: [ended], SpaceReclaimed: SizeRw });
  expect(lastPrune()).toBe(`container ${SizeRw}`);
  expect((await world.engine.call("GET", "/volumes/kept")).status).toBe(200);
  expect(world.output("ps", "-aq", "--no-trunc").split("\n").sort()).toEqual([running, paused].sort());
  expect((await world.engine.call<ContainerPruneReply>("POST", "/containers/prune")).body).toEqual({ ContainersDeleted: null, SpaceReclaimed: 0 });
  await Promise.all([running, paused].map(async (id) => world.engine.call("DELETE", `/containers/${id}?force=1`)));
}, limit);

test("containers: a start that is under way wins, or the prune; never half of each", async () => {
  for (let round = 0; round < 5; round++) {
    const id = await world.create("sleep 1000", { HostConfig: { NetworkMode: "none" } });
    const [start, prune] = await Promise.all([world.engine.call("POST", `/containers/${id}/start`), world.engine.call<ContainerPruneReply>("POST", "/containers/prune")]);
    const isGone = prune.body.ContainersDeleted?.includes(id) === true;
    expect([start.status === 204, isGone]).toEqual([!isGone, isGone]);
    expect((await world.engine.call("GET", `/containers/${id}/json`)).status).toBe(isGone ? 404 : 200);
    await world.engine.call("DELETE", `/containers/${id}?force=1`);
  }
}, limit);

test("images: without a tag by default, all that no container stands on with dangling=false; the layers' size is told", async () => {
  // None shares a layer with another.
  for (const [name, content] of [["again", "one"], ["again", "two"], ["used", "three"]] as const) await importCrafted(world.engine, name, `echo ${content} > which`);
  const images = async (): Promise<readonly ImageSummary[]> => (await world.engine.call<ImageSummary[]>("GET", "/images/json")).body;
  const [dangling, ...more] = (await images()).filter(({ RepoTags }) => (RepoTags ?? []).length === 0);
  expect(more).toEqual([]);
  expect((await world.engine.call<ImagePruneReply>("POST", `/images/prune${query({ dangling: ["true"], label: ["none"] })}`)).body).toEqual({ ImagesDeleted: null, SpaceReclaimed: 0 });
  const first = (await world.engine.call<ImagePruneReply>("POST", "/images/prune")).body;
  expect([first.ImagesDeleted?.[0], first.SpaceReclaimed]).toEqual([{ Deleted: dangling?.Id ?? "" }, dangling?.Size ?? 0]);
  await world.engine.call("POST", "/images/used/tag?repo=used&tag=too");
  const id = await world.create("true", { Image: "used" });
  const size = (await images()).find(({ RepoTags }) => RepoTags?.includes("used:latest"))?.Size ?? 0;
  const young = await world.engine.call<ImagePruneReply>("POST", `/images/prune${query({ dangling: ["false"], until: ["1h"] })}`);
  expect(young.body.ImagesDeleted).toBeNull();
  const { body } = await world.engine.call<ImagePruneReply>("POST", `/images/prune${query({ dangling: ["false"] })}`);
  const untagged = (body.ImagesDeleted ?? []).flatMap((item) => ("Untagged" in item ? [item.Untagged] : [])).sort();
  expect(untagged).toEqual(["again:latest", "busybox:latest"]);
  expect((await images()).map(({ RepoTags }) => RepoTags)).toEqual([["used:latest", "used:too"]]);
  await world.engine.call("DELETE", `/containers/${id}`);
  expect((await world.engine.call<ImagePruneReply>("POST", `/images/prune${query({ dangling: ["false"] })}`)).body.SpaceReclaimed).toBe(size);
  expect(lastPrune()).toBe(`image ${size}`);
  expect(await images()).toEqual([]);
}, limit);
