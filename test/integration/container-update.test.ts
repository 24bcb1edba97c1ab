import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import type { ContainerUpdateReply } from "../../src/api/types/index.ts";
import { Cgroup, readCgroupLayout } from "../../src/host/cgroup/index.ts";
import { ContainerWorld } from "./container-world.ts";

const limit = 120_000;
const megabyte = 1024 * 1024;
const layout = readCgroupLayout();
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, limit);
afterAll(async () => { await world[Symbol.asyncDispose](); }, limit);

/** What the kernel limits a container to. */
function kernelOf(id: string): Readonly<Record<string, string>> {
  const group = new Cgroup(layout, `/wharf-${world.engine.bridge}/${id}`);
  const read = (controller: string, name: string): string => (group.read(controller, name) ?? "").trim();
  return layout.version === 2
    ? { memory: read("memory", "memory.max"), cpu: read("cpu", "cpu.max"), cpuset: read("cpuset", "cpuset.cpus"), pids: read("pids", "pids.max") }
    : {
        memory: read("memory", "memory.limit_in_bytes"), swap: read("memory", "memory.memsw.limit_in_bytes"), soft: read("memory", "memory.soft_limit_in_bytes"),
        cpu: `${read("cpu", "cpu.cfs_quota_us")} ${read("cpu", "cpu.cfs_period_us")}`, shares: read("cpu", "cpu.shares"),
        cpuset: read("cpuset", "cpuset.cpus"), pids: read("pids", "pids.max"),
      };
}

async function update(id: string, body: unknown): Promise<{ status: number; body: unknown }> {
  return await world.engine.call<ContainerUpdateReply>("POST", `/containers/${id}/update`, body);
}

test("update: limits of a running container change in the kernel, and hold at its next start", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { Memory: 32 * megabyte, NetworkMode: "none" } });
  expect((await world.inspect(id)).HostConfig.MemorySwap).toBe(64 * megabyte);
  const change = {
    Memory: 64 * megabyte, MemorySwap: 96 * megabyte, MemoryReservation: 16 * megabyte, CpuShares: 512, CpuPeriod: 50_000, CpuQuota: 25_000, CpusetCpus: "0", PidsLimit: 77,
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
  };
  expect(await update(id, change)).toEqual({ status: 200, body: { Warnings: [] } });
  const wanted = {
    memory: String(64 * megabyte), cpuset: "0", pids: "77", cpu: "25000 50000",
    ...(layout.version === 2 ? {} : { swap: String(96 * megabyte), soft: String(16 * megabyte), shares: "512" }),
  };
  expect(kernelOf(id)).toMatchObject(wanted);
  expect((await world.inspect(id)).HostConfig).toMatchObject(change);
  expect(await update(id, { Memory: 48 * megabyte, PidsLimit: -1 })).toMatchObject({ status: 200 });
  expect(kernelOf(id)).toMatchObject({ ...wanted, memory: String(48 * megabyte), pids: "max" });
  expect(await update(id, { PidsLimit: 78 })).toMatchObject({ status: 200 });
  await world.engine.call("POST", `/containers/${id}/restart?t=0`);
  expect(kernelOf(id)).toMatchObject({ ...wanted, memory: String(48 * megabyte), pids: "78" });
}, limit);

test("update: what is refused changes nothing", async () => {
  const id = await world.run("sleep 1000", { HostConfig: { Memory: 32 * megabyte, NanoCpus: 5e8, NetworkMode: "none", AutoRemove: true } });
  const before = [kernelOf(id), (await world.inspect(id)).HostConfig] as const;
  const refused = async (body: unknown): Promise<unknown> => {
    const reply = await update(id, body);
    expect([kernelOf(id), (await world.inspect(id)).HostConfig]).toEqual([...before]);
    return [reply.status, (reply.body as { message: string }).message.replaceAll(id, "ID")];
  };
  expect(await refused({ Memory: 128 * megabyte })).toEqual([409, "Cannot update container ID: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time"]);
  expect(await refused({ Memory: 1 })).toEqual([400, "Minimum memory limit allowed is 6MB"]);
  expect(await refused({ CpuQuota: 5000 })).toEqual([409, "Cannot update container ID: Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set"]);
  expect(await refused({ RestartPolicy: { Name: "always" } })).toEqual([409, "Cannot update container ID: Restart policy cannot be updated because AutoRemove is enabled for the container"]);
  expect(await refused({ RestartPolicy: { Name: "sometimes" } })).toEqual([400, "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"]);
  expect((await update("nosuch", {})).status).toBe(404);
}, limit);

test("update: a container that does not run; labels, with an event; a weight that the kernel does not know", async () => {
  const id = await world.create("true", { Labels: { kept: "1", gone: "2" } });
  expect(await update(id, { CpuShares: 256, AddLabels: { fresh: "3" }, RemoveLabels: ["gone", "never"] })).toMatchObject({ status: 200 });
  const { Config, HostConfig } = await world.inspect(id);
  expect([Config.Labels, HostConfig.CpuShares]).toEqual([{ kept: "1", fresh: "3" }, 256]);
  expect(world.output("ps", "-aq", "--no-trunc", "--filter", "label=fresh=3")).toBe(id);
  expect(world.output("events", "--since", "1", "--until", String(Date.now() / 1000 + 0.001), "--filter", `container=${id}`, "--filter", "event=update", "--format", "{{.Action}} {{.Actor.Attributes.fresh}}")).toBe("update 3");
  const knowsWeight = layout.version === 2 || ["blkio.weight", "blkio.bfq.weight"].some((name) => existsSync(`${layout.treeOf("blkio") ?? ""}/${name}`));
  const { body } = await update(id, { BlkioWeight: 300 });
  expect(body).toEqual({ Warnings: knowsWeight ? [] : ["Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded."] });
  expect((await world.inspect(id)).HostConfig.BlkioWeight).toBe(knowsWeight ? 300 : 0);
}, limit);

test("update: a policy that is given to a running container counts at its end", async () => {
  const id = await world.run("read x", { OpenStdin: true, HostConfig: { NetworkMode: "none" } });
  await update(id, { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 1 } });
  const { Pid } = (await world.inspect(id)).State;
  const restarted = world.wait(id, "next-exit");
  process.kill(Pid, "SIGKILL");
  await restarted;
  while ((await world.inspect(id)).RestartCount === 0) await Bun.sleep(20);
  expect(existsSync(`/proc/${Pid}`) && readFileSync(`/proc/${Pid}/comm`, "utf8") === "sh\n").toBe(false);
  expect((await world.inspect(id)).RestartCount).toBe(1);
}, limit);
