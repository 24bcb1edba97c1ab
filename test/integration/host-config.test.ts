import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ContainerInspect } from "../../src/api/types/index.ts";
import { Cgroup, readCgroupLayout } from "../../src/host/cgroup/index.ts";
import { ContainerWorld } from "./container-world.ts";

/** Fields of HostConfig that no other test has: each by what it does in the kernel or the container, or by its refusal. */
const patience = 120_000;
const megabyte = 1 << 20;
const layout = readCgroupLayout();
let world: ContainerWorld;

beforeAll(async () => { world = await ContainerWorld.open(); }, patience);
afterAll(async () => { await world[Symbol.asyncDispose](); }, patience);

/** What a container prints that was made so. */
async function printed(script: string, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = await world.run(script, changes);
  await world.wait(id);
  const output = world.docker("logs", id);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
  return output.stdout + output.stderr;
}

async function refusal(host: Readonly<Record<string, unknown>>): Promise<string> {
  const { status, body } = await world.engine.call<{ message: string }>("POST", "/containers/create", { Image: "busybox", HostConfig: host });
  return `${status} ${body.message}`;
}

/** A block device of this machine by its number, as limits name it; undefined where there is none. */
function blockDevice(): { readonly path: string; readonly number: string } | undefined {
  const name = readdirSync("/sys/block").find((each) => existsSync(`/dev/${each}`) && !each.startsWith("loop"));
  return name === undefined ? undefined : { path: `/dev/${name}`, number: readFileSync(`/sys/block/${name}/dev`, "utf8").trim() };
}

test("limits of processor and memory, and the group that they are in, as the kernel has them", async () => {
  const parent = `/wharf-${world.engine.bridge}-parent`;
  const id = await world.run("sleep 1000", { HostConfig: {
    CgroupParent: parent, CpuPeriod: 50_000, CpuQuota: 25_000, CpusetCpus: "0", CpusetMems: "0",
    Memory: 64 * megabyte, MemoryReservation: 32 * megabyte, MemorySwappiness: 10, OomKillDisable: true, NetworkMode: "none",
  } });
  const { State } = await world.inspect(id);
  expect(readFileSync(`/proc/${State.Pid}/cgroup`, "utf8")).toContain(`${parent}/${id}`);
  const group = new Cgroup(layout, `${parent}/${id}`);
  const read = (controller: string, name: string): string => (group.read(controller, name) ?? "").trim();
  if (layout.version === 1) {
    expect([read("cpu", "cpu.cfs_period_us"), read("cpu", "cpu.cfs_quota_us"), read("cpuset", "cpuset.cpus"), read("cpuset", "cpuset.mems")]).toEqual(["50000", "25000", "0", "0"]);
    expect([read("memory", "memory.soft_limit_in_bytes"), read("memory", "memory.swappiness")]).toEqual([String(32 * megabyte), "10"]);
    expect(read("memory", "memory.oom_control")).toContain("oom_kill_disable 1");
  } else {
    expect([read("cpu", "cpu.max"), read("cpuset", "cpuset.cpus"), read("memory", "memory.low")]).toEqual(["25000 50000", "0", String(32 * megabyte)]);
  }
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, patience);

test("rates of a block device, or a clear error where the machine has none", async () => {
  const device = blockDevice();
  const { path, number } = device ?? { path: "/dev/null", number: "" };
  const rates = (Rate: number): readonly unknown[] => [{ Path: path, Rate }];
  const id = await world.create("sleep 1000", { HostConfig: {
    BlkioDeviceReadBps: rates(megabyte), BlkioDeviceWriteBps: rates(2 * megabyte), BlkioDeviceReadIOps: rates(100), BlkioDeviceWriteIOps: rates(200), NetworkMode: "none",
  } });
  const { status, body } = await world.engine.call<{ message: string }>("POST", `/containers/${id}/start`);
  if (device === undefined) {
    expect([status, body.message]).toEqual([400, "/dev/null is not a block device"]);
    return;
  }
  expect(status).toBe(204);
  if (layout.version === 2) return;
  const group = new Cgroup(layout, `/wharf-${world.engine.bridge}/${id}`);
  const read = (name: string): string => (group.read("blkio", `blkio.throttle.${name}_device`) ?? "").trim();
  expect(["read_bps", "write_bps", "read_iops", "write_iops"].map(read)).toEqual([`${number} ${megabyte}`, `${number} ${2 * megabyte}`, `${number} 100`, `${number} 200`]);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, patience);

test("weights of block devices: a warning where the kernel has none", async () => {
  const device = blockDevice();
  const { status, body } = await world.engine.call<{ Id: string; Warnings: string[] }>("POST", "/containers/create", {
    Image: "busybox", Cmd: ["true"], HostConfig: { BlkioWeight: 300, BlkioWeightDevice: [{ Path: device?.path ?? "/dev/null", Weight: 400 }] },
  });
  expect(status).toBe(201);
  const isThere = layout.version === 2 || existsSync("/sys/fs/cgroup/blkio/blkio.weight") || existsSync("/sys/fs/cgroup/blkio/blkio.bfq.weight");
  expect(body.Warnings).toEqual(isThere ? [] : [
    "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
    "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.",
  ]);
  if (!isThere) await world.start(body.Id);
  await world.engine.call("DELETE", `/containers/${body.Id}?force=1`);
}, patience);

test("a dropped capability is not in the set; namespaces of the host are the host's", async () => {
  const of = (pid: string, kind: string): string => readlinkSync(`/proc/${pid}/ns/${kind}`);
  const bit = 1n << 27n;
  const effective = (text: string): bigint => BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(text)?.[1] ?? "0"}`);
  expect(effective(await printed("grep CapEff /proc/self/status")) & bit).toBe(bit);
  expect(effective(await printed("grep CapEff /proc/self/status", { HostConfig: { CapDrop: ["MKNOD"] } })) & bit).toBe(0n);
  expect(await printed("readlink /proc/self/ns/pid; readlink /proc/self/ns/uts; hostname", { HostConfig: { PidMode: "host", UTSMode: "host" } })).toBe(`${of("self", "pid")}\n${of("self", "uts")}\n${hostname()}\n`);
  expect(await printed("readlink /proc/self/ns/cgroup", { HostConfig: { CgroupnsMode: "host" } })).toBe(`${of("self", "cgroup")}\n`);
  expect(await printed("readlink /proc/self/ns/cgroup", { HostConfig: { CgroupnsMode: "private" } })).not.toBe(`${of("self", "cgroup")}\n`);
}, patience);

test("masked and read-only paths are the caller's, and none when he says so", async () => {
  expect(await printed("cat /proc/version; echo x >/proc/sys/kernel/domainname", { HostConfig: { MaskedPaths: ["/proc/version"], ReadonlyPaths: ["/proc/sys"] } })).toBe("sh: can't create /proc/sys/kernel/domainname: Read-only file system\n");
  expect(await printed("cat /proc/version", { HostConfig: { MaskedPaths: [], ReadonlyPaths: [] } })).toContain("Linux version");
}, patience);

test("every exposed port is published where all are to be", async () => {
  const id = await world.create("sleep 1000", { ExposedPorts: { "80/tcp": {}, "53/udp": {} }, HostConfig: { PublishAllPorts: true } });
  await world.start(id);
  const { NetworkSettings } = await world.inspect(id);
  for (const port of ["80/tcp", "53/udp"]) expect(Number(NetworkSettings.Ports[port]?.[0]?.HostPort)).toBeGreaterThan(1023);
  await world.engine.call("DELETE", `/containers/${id}?force=1`);
}, patience);

test("the runtime that is named runs it, and one that is not there is refused", async () => {
  for (const name of ["runc", "crun"].filter((each) => Bun.which(each) !== null)) {
    const id = await world.run("sleep 1000", { HostConfig: { Runtime: name, NetworkMode: "none" } });
    expect((await world.inspect(id)).HostConfig.Runtime).toBe(name);
    await world.engine.call("DELETE", `/containers/${id}?force=1`);
  }
  expect(await refusal({ Runtime: "nosuch" })).toMatch(/^400 .*nosuch/);
}, patience);

test("what a client tells of the container is kept and shown", async () => {
  const id = await world.create("true", { HostConfig: { Annotations: { "org.example.a": "b" }, ContainerIDFile: "/tmp/id", VolumeDriver: "local", Isolation: "default" } });
  const { HostConfig } = (await world.engine.call<ContainerInspect>("GET", `/containers/${id}/json`)).body;
  expect(HostConfig).toMatchObject({ Annotations: { "org.example.a": "b" }, ContainerIDFile: "/tmp/id", VolumeDriver: "local" });
  await world.engine.call("DELETE", `/containers/${id}`);
}, patience);

test("what this machine or this engine has nothing for is refused by name, or discarded with a warning that names it", async () => {
  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ HostConfig: { Cgroup: "container:x" } }, /Cgroup/],
    [{ HostConfig: { IOMaximumIOps: 5 } }, /IOMaximumIOps|maximum IOPs/i],
    [{ HostConfig: { IOMaximumBandwidth: 5 } }, /IOMaximumBandwidth|maximum bandwidth/i],
    [{ HostConfig: { Isolation: "hyperv" } }, /isolation/i],
    [{ HostConfig: { UsernsMode: "private" } }, /user/i],
  ];
  for (const [change, message] of refused) {
    const { status, body } = await world.engine.call<{ Id?: string; message?: string; Warnings?: string[] }>("POST", "/containers/create", { Image: "busybox", ...change });
    expect({ change, said: body.message ?? body.Warnings?.join(" ") ?? "" }).toEqual({ change, said: expect.stringMatching(message) as string });
    if (body.Id === undefined) expect(status).toBeGreaterThanOrEqual(400);
    else await world.engine.call("DELETE", `/containers/${body.Id}`);
  }
}, patience);

test("devices of drivers and real-time budgets: a clear error at the start, or at the creation", async () => {
  const attempt = async (changes: Readonly<Record<string, unknown>>): Promise<string> => {
    const created = await world.engine.call<{ Id?: string; message?: string }>("POST", "/containers/create", { Image: "busybox", Cmd: ["true"], ...changes });
    if (created.body.Id === undefined) return created.body.message ?? "";
    const started = await world.engine.call<{ message?: string }>("POST", `/containers/${created.body.Id}/start`);
    await world.engine.call("DELETE", `/containers/${created.body.Id}?force=1`);
    return started.body.message ?? `started with ${started.status}`;
  };
  expect(await attempt({ HostConfig: { DeviceRequests: [{ Count: -1, Capabilities: [["gpu"]] }] } })).toMatch(/device/i);
  if (existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")) return;
  expect(await attempt({ HostConfig: { CpuRealtimePeriod: 1_000_000, CpuRealtimeRuntime: 950_000 } })).toMatch(/real-?time/i);
}, patience);

test("what docker discards with a warning, and memory for TCP where the kernel counts it", async () => {
  const group = (id: string): string => (new Cgroup(layout, `/wharf-${world.engine.bridge}/${id}`).read("memory", "memory.kmem.tcp.limit_in_bytes") ?? "").trim();
  const { body } = await world.engine.call<{ Id: string; Warnings: string[] }>("POST", "/containers/create", {
    Image: "busybox", Cmd: ["sleep", "1000"], HostConfig: { CpuPercent: 5, KernelMemory: 4 * megabyte, KernelMemoryTCP: 4 * megabyte, NetworkMode: "none" },
  });
  const warnings = body.Warnings.join("\n");
  expect(warnings).toMatch(/CPU percent/i);
  expect(warnings).toMatch(/kernel memory limit/i);
  await world.start(body.Id);
  if (/kernel memory TCP/i.test(warnings)) expect((await world.inspect(body.Id)).HostConfig.KernelMemoryTCP ?? 0).toBe(0);
  else expect(group(body.Id)).toBe(String(4 * megabyte));
  await world.engine.call("DELETE", `/containers/${body.Id}?force=1`);
}, patience);
