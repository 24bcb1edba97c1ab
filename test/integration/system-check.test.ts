import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckFinding, CheckReport } from "../../src/api/types/index.ts";
import { Cgroup, readCgroupLayout } from "../../src/host/cgroup/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
const stray = "f".repeat(64);
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

async function check(query = ""): Promise<readonly CheckFinding[]> {
  return (await world.engine.call<CheckReport>("POST", `/system/check${query}`)).body.Findings;
}

test("check: an engine with everything that it can have has nothing without an owner, also while much comes and goes", async () => {
  const options = { HostConfig: { Binds: ["named:/data"], IpcMode: "shareable", PortBindings: { "80/tcp": [{ HostPort: "" }] } }, ExposedPorts: { "80/tcp": {} } };
  const running = await world.run("sleep 1000", options);
  const paused = await world.run("sleep 1000");
  await world.engine.call("POST", `/containers/${paused}/pause`);
  const ended = await world.run("exit 3");
  await world.wait(ended);
  await world.create("true");
  await world.engine.call("POST", "/networks/create", { Name: "own" });
  const exec = await world.engine.call<{ Id: string }>("POST", `/containers/${running}/exec`, { Cmd: ["sleep", "1000"] });
  await world.engine.call("POST", `/exec/${exec.body.Id}/start`, { Detach: true });
  expect(await check()).toEqual([]);
  const busy = new Set(Array.from({ length: 12 }, (_, index) => index));
  const commotion = [...busy].map(async (index) => {
    using _ = { [Symbol.dispose]: () => busy.delete(index) };
    const id = await world.run("true", { HostConfig: { NetworkMode: index % 2 === 0 ? "own" : "none" } });
    await world.engine.call("DELETE", `/containers/${id}?force=1&v=1`);
  });
  const looks: (readonly CheckFinding[])[] = [];
  while (busy.size > 0) looks.push(await check("?repair=1"));
  await Promise.all(commotion);
  expect(looks.flat()).toEqual([]);
  expect((await world.inspect(running)).State.Running).toBe(true);
  await world.engine.stop();
  await world.engine.run();
  expect(await check()).toEqual([]);
}, limit);

test("check: what has no owner is told with its size and the reason, and a repair takes it away", async () => {
  const [data, exec] = [join(world.engine.root, "d"), join(world.engine.root, "x")];
  const write = (path: string, size: number): void => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, Buffer.alloc(size));
  };
  const blob = `sha256:${"a".repeat(64)}`;
  write(join(data, "blobs/sha256", "a".repeat(64)), 1000);
  write(join(data, "layers/half/fs/file"), 10);
  write(join(data, "containers", stray, "log"), 200);
  write(join(data, "volumes/lost/_data/file"), 30);
  mkdirSync(join(data, "volumes/empty/_data"), { recursive: true });
  write(join(data, "notes.txt"), 4);
  write(join(exec, "bundles", stray, "config.json"), 5);
  write(join(exec, "exits", stray), 1);
  const layout = readCgroupLayout();
  const group = new Cgroup(layout, `/wharf-${world.engine.bridge}/${stray}`);
  for (const tree of layout.trees.filter((each) => !each.endsWith("/unified"))) mkdirSync(join(tree, group.path), { recursive: true });
  const monitor = spawn("sh", ["-c", "read x", "sh", "--bundle", join(exec, "bundles", stray)], { stdio: ["pipe", "ignore", "ignore"] });
  const link = `${world.engine.bridge}-s`;
  spawnSync("ip", ["link", "add", link, "type", "veth", "peer", "name", `${link}p`]);
  spawnSync("ip", ["link", "set", link, "master", world.engine.bridge]);
  await world.engine.call("POST", "/volumes/create", { Name: "gone" });
  rmSync(join(data, "volumes/gone"), { recursive: true });
  const found = await check();
  expect(found.map(({ Subject, Name, Size }) => `${Subject} ${Name} ${Size}`).sort()).toEqual([
    `blob ${blob} 1000`, `bundle ${stray} 0`, `cgroup ${stray} 0`, `container files ${stray} 200`, `exit file ${stray} 0`, `file ${join(data, "layers/half")} 0`,
    `file ${join(data, "notes.txt")} 4`, `link ${link} 0`, `process ${monitor.pid ?? 0} 0`, "volume folder empty 0", "volume folder lost 30", "volume record gone 0",
  ].sort());
  expect(found.every(({ State, Reason }) => State === "found" && Reason !== "")).toBe(true);
  expect(existsSync(join(data, "blobs/sha256", "a".repeat(64)))).toBe(true);
  const repaired = await check("?repair=1");
  expect(repaired.filter(({ State }) => State !== "repaired").map(({ Name }) => Name)).toEqual([join(data, "notes.txt")]);
  rmSync(join(data, "notes.txt"));
  expect(await check()).toEqual([]);
  expect((await world.engine.call("GET", "/volumes/lost")).status).toBe(200);
  expect((await world.engine.call("GET", "/volumes/gone")).status).toBe(404);
  expect([group.exists, existsSync(`/sys/class/net/${link}`), existsSync(join(exec, "bundles", stray))]).toEqual([false, false, false]);
}, limit);

test("check: containers and images that lack something are told", async () => {
  const id = await world.create("true");
  const { Id, Descriptor } = (await world.engine.call<{ Id: string; Descriptor: { digest: string } }>("GET", "/images/busybox/json")).body;
  const blob = join(world.engine.root, "d/blobs/sha256", Descriptor.digest.slice("sha256:".length));
  rmSync(blob);
  expect((await check()).map(({ Subject, Name }) => `${Subject} ${Name}`)).toEqual([`image ${Id}`]);
  await world.engine.call("DELETE", `/containers/${id}`);
}, limit);
