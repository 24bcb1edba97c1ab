import { afterAll, beforeAll, expect, test } from "bun:test";
import type { DataUsage } from "../../src/api/types/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

async function usage(query = ""): Promise<DataUsage> {
  return (await world.engine.call<DataUsage>("GET", `/system/df${query}`)).body;
}

test("df: what is shared is counted once, what a container wrote and what is in volumes to the byte", async () => {
  await world.engine.call("POST", "/images/busybox/tag?repo=other&tag=1");
  const id = await world.create("head -c 123456 /dev/zero > /data/file; head -c 4000 /dev/zero > /own", { HostConfig: { Binds: ["held:/data"], NetworkMode: "none" } });
  await world.engine.call("POST", "/volumes/create", { Name: "free" });
  await world.start(id);
  await world.wait(id);
  const { LayersSize, Images, Containers, Volumes, BuildCache } = await usage();
  const [image, ...more] = Images ?? [];
  expect(more).toEqual([]);
  expect(image).toMatchObject({ Size: LayersSize, SharedSize: 0, Containers: 1 });
  expect(LayersSize).toBeGreaterThan(1_000_000);
  const { body } = await world.engine.call<{ SizeRw: number; SizeRootFs: number }>("GET", `/containers/${id}/json?size=1`);
  expect(body.SizeRw).toBeGreaterThanOrEqual(4000);
  expect(body.SizeRw).toBeLessThan(5000);
  expect(body.SizeRootFs).toBe(body.SizeRw + LayersSize);
  expect(Containers?.map(({ SizeRw, SizeRootFs }) => ({ SizeRw, SizeRootFs }))).toEqual([{ SizeRw: body.SizeRw, SizeRootFs: body.SizeRootFs }]);
  expect(Volumes?.map(({ Name, UsageData }) => [Name, UsageData])).toEqual([["free", { Size: 0, RefCount: 0 }], ["held", { Size: 123_456, RefCount: 1 }]]);
  expect(BuildCache).toEqual([]);
  expect(world.output("ps", "-as", "--format", "{{.Size}}")).toMatch(/^4(?:\.\d+)?kB \(virtual [\d.]+MB\)$/);
}, limit);

test("df: images that share layers tell how much; only what is asked for is counted", async () => {
  const id = await world.create("true", { Image: "busybox" });
  expect((await world.engine.call("POST", `/commit?container=${id}&repo=child&tag=1`, {})).status).toBe(201);
  const { Images, LayersSize, Containers, Volumes, BuildCache } = await usage("?type=image");
  expect([Containers, Volumes, BuildCache]).toEqual([null, null, null]);
  const [child, parent] = ["child:1", "busybox:latest"].map((name) => Images?.find(({ RepoTags }) => RepoTags?.includes(name) === true));
  expect([child?.SharedSize, parent?.SharedSize]).toEqual([parent?.Size, parent?.Size]);
  expect(LayersSize).toBe(child?.Size ?? 0);
  expect((await usage("?type=volume")).Images).toBeNull();
  expect(await world.engine.call("GET", "/system/df?type=stuff")).toEqual({ status: 400, body: { message: "unknown object type: stuff" } });
}, limit);
