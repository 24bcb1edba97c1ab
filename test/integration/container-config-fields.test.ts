import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerConfig, HostConfig } from "../../src/api/types/index.ts";
import type { Reply } from "../engine-harness.ts";
import { ContainerWorld } from "./container-world.ts";

/**
 * Every field of Config and HostConfig with what it does, as the container, its cgroup or the kernel shows it, or with the
 * error that refuses it. The compiler sees to it that none is missing.
 */
type Check = Effect | Refusal | Elsewhere;

interface Effect {
  readonly given: Readonly<Record<string, unknown>>;
  /** What the container's shell runs. */
  readonly script: string;
  /** What that has to print. */
  readonly shows: string | RegExp;
  /** What the answer to the creation warns of. */
  readonly warns?: readonly string[];
}

interface Refusal {
  readonly given: Readonly<Record<string, unknown>>;
  readonly refused: string;
}

/** Where its effect is tested. */
interface Elsewhere {
  readonly file: string;
  readonly test: string;
}

const isVersionOne = !existsSync("/sys/fs/cgroup/cgroup.controllers");
/** A file of the container's own cgroup, as it sees it. */
const limit = (controller: string, v1: string, v2: string): string => `cat /sys/fs/cgroup/${isVersionOne ? `${controller}/${v1}` : v2}`;
const host = (given: Partial<HostConfig>): { readonly HostConfig: Partial<HostConfig> } => ({ HostConfig: given });
const disk = readdirSync("/sys/block").map((name) => `/dev/${name}`).filter((path) => existsSync(path)).sort().at(-1) ?? "";
const number = disk === "" ? "" : readFileSync(`/sys/block/${disk.slice(5)}/dev`, "utf8").trim();
const throttle = (name: string, v2: string): Effect => ({
  given: host({ [name]: [{ Path: disk, Rate: 1048576 }] }),
  script: limit("blkio", `blkio.throttle.${name.replace("BlkioDevice", "").replace(/(Read|Write)(Bps|IOps)/, (_, way: string, what: string) => `${way}_${what}`).toLowerCase()}_device`, "io.max"),
  shows: isVersionOne ? `${number} 1048576\n` : new RegExp(`^${number} .*${v2}=1048576`),
});
const weightless = (what: string, then: string): string => `Your kernel does not support Block I/O ${what} or the cgroup is not mounted. ${then} discarded.`;
const hasWeight = ["blkio.weight", "blkio.bfq.weight"].some((name) => existsSync(`/sys/fs/cgroup/blkio/${name}`));
const networks = { file: "container-network.test.ts", test: "published ports, names and networks" };

const folder = mkdtempSync(join(tmpdir(), "config-fields-"));

const hostChecks: Readonly<Record<keyof HostConfig, Check>> = {
  Binds: { file: "container-config-mounts.test.ts", test: "-v: a folder of the host, read-only" },
  // The command line's own: it writes the file.
  ContainerIDFile: { given: host({ ContainerIDFile: join(folder, "not-made") }), script: "echo nothing", shows: "nothing\n" },
  LogConfig: { file: "container-logs.test.ts", test: "logs: bounded, rotated and compressed" },
  NetworkMode: { file: "container-config-process.test.ts", test: "namespaces: the host's" },
  PortBindings: networks,
  RestartPolicy: { file: "container-stop.test.ts", test: "restart policy always" },
  AutoRemove: { file: "container-run.test.ts", test: "run --rm: both streams" },
  VolumeDriver: { given: host({ VolumeDriver: "none-such", Binds: ["vol:/x"] }), refused: 'error looking up volume plugin none-such: plugin "none-such" not found' },
  VolumesFrom: { file: "container-config-mounts.test.ts", test: "--volumes-from" },
  ConsoleSize: { given: { Tty: true, ...host({ ConsoleSize: [33, 111] }) }, script: "sleep 0.1; stty size", shows: "33 111\r\n" },
  Annotations: { file: "container-config-fields.test.ts", test: "HostConfig.Annotations: the runtime has them" },
  CapAdd: { given: host({ CapAdd: ["NET_ADMIN"] }), script: "grep CapBnd /proc/self/status", shows: /a80435fb/ },
  CapDrop: { given: host({ CapDrop: ["CHOWN"] }), script: "grep CapBnd /proc/self/status", shows: /a80425fa/ },
  CgroupnsMode: { given: host({ CgroupnsMode: "private" }), script: "cut -d: -f3 /proc/self/cgroup | sort -u", shows: "/\n" },
  Dns: { given: host({ Dns: ["192.0.2.53"] }), script: "cat /etc/resolv.conf", shows: /nameserver 192\.0\.2\.53/ },
  DnsOptions: { given: host({ DnsOptions: ["ndots:7"] }), script: "cat /etc/resolv.conf", shows: /options ndots:7/ },
  DnsSearch: { given: host({ DnsSearch: ["example.test"] }), script: "cat /etc/resolv.conf", shows: /search example\.test/ },
  ExtraHosts: { given: host({ ExtraHosts: ["one:192.0.2.1"] }), script: "cat /etc/hosts", shows: /192\.0\.2\.1\tone/ },
  GroupAdd: { given: host({ GroupAdd: ["extra", "77"] }), script: "id -G", shows: /^0 (.* )?77 200\n|^0 (.* )?200 77\n/ },
  IpcMode: { file: "container-config-process.test.ts", test: "namespaces: the host's" },
  Cgroup: { given: host({ Cgroup: "container:x" }), refused: "HostConfig.Cgroup, the cgroup of another container, is not supported" },
  Links: { file: "container-network.test.ts", test: "a link on the default bridge follows its target" },
  OomScoreAdj: { given: host({ OomScoreAdj: 321 }), script: "cat /proc/self/oom_score_adj", shows: "321\n" },
  PidMode: { file: "container-config-process.test.ts", test: "namespaces: the host's" },
  Privileged: { given: host({ Privileged: true }), script: "mount -t tmpfs x /tmp && echo mounted", shows: "mounted\n" },
  PublishAllPorts: networks,
  ReadonlyRootfs: { given: host({ ReadonlyRootfs: true }), script: "touch /x || true", shows: /Read-only file system/ },
  SecurityOpt: { given: host({ SecurityOpt: ["no-new-privileges"] }), script: "grep NoNewPrivs /proc/self/status", shows: "NoNewPrivs:\t1\n" },
  StorageOpt: { given: host({ StorageOpt: { size: "1G" } }), refused: "--storage-opt is supported only for overlay over xfs with 'pquota' mount option" },
  Tmpfs: { file: "container-config-mounts.test.ts", test: "tmpfs: size, mode and defaults" },
  UTSMode: { given: host({ UTSMode: "host" }), script: "readlink /proc/self/ns/uts", shows: Bun.spawnSync(["readlink", "/proc/self/ns/uts"]).stdout.toString() },
  UsernsMode: { given: host({ UsernsMode: "private" }), refused: "invalid user namespace mode: private" },
  ShmSize: { given: host({ ShmSize: 1048576 }), script: "df -k /dev/shm | tail -1 | awk '{ print $2 }'", shows: "1024\n" },
  Sysctls: { given: host({ Sysctls: { "kernel.msgmax": "4321" } }), script: "cat /proc/sys/kernel/msgmax", shows: "4321\n" },
  Runtime: { given: host({ Runtime: "none-such" }), refused: "unknown or invalid runtime name: none-such" },
  Isolation: { given: host({ Isolation: "hyperv" }), refused: `Invalid isolation: "hyperv" - linux only supports 'default'` },
  Mounts: { file: "container-config-mounts.test.ts", test: "--mount type=image" },
  MaskedPaths: { given: host({ MaskedPaths: ["/proc/version"] }), script: "wc -c < /proc/version", shows: "0\n" },
  ReadonlyPaths: { given: host({ ReadonlyPaths: ["/etc"], MaskedPaths: [] }), script: "touch /etc/x || true", shows: /Read-only file system/ },
  Init: { given: host({ Init: true }), script: "cat /proc/1/comm", shows: /init|tini/ },
  CpuShares: { given: host({ CpuShares: 512 }), script: limit("cpu", "cpu.shares", "cpu.weight"), shows: isVersionOne ? "512\n" : "20\n" },
  Memory: { given: host({ Memory: 67108864 }), script: limit("memory", "memory.limit_in_bytes", "memory.max"), shows: "67108864\n" },
  NanoCpus: { given: host({ NanoCpus: 500_000_000 }), script: limit("cpu", "cpu.cfs_quota_us", "cpu.max"), shows: isVersionOne ? "50000\n" : "50000 100000\n" },
  CgroupParent: { given: host({ CgroupParent: `/wharf-fields-${process.pid}` }), script: "grep -c wharf-fields- /proc/self/cgroup", shows: /^[1-9]/ },
  BlkioWeight: hasWeight
    ? { given: host({ BlkioWeight: 300 }), script: "cat /sys/fs/cgroup/blkio/blkio.*weight", shows: /300/ }
    : { given: host({ BlkioWeight: 300 }), script: "true", shows: "", warns: [weightless("weight", "Weight")] },
  BlkioWeightDevice: hasWeight
    ? { given: host({ BlkioWeightDevice: [{ Path: disk, Weight: 300 }] }), script: "cat /sys/fs/cgroup/blkio/blkio.*weight_device", shows: /300/ }
    : { given: host({ BlkioWeightDevice: [{ Path: disk, Weight: 300 }] }), script: "true", shows: "", warns: [weightless("weight_device", "Weight-device")] },
  BlkioDeviceReadBps: throttle("BlkioDeviceReadBps", "rbps"),
  BlkioDeviceWriteBps: throttle("BlkioDeviceWriteBps", "wbps"),
  BlkioDeviceReadIOps: throttle("BlkioDeviceReadIOps", "riops"),
  BlkioDeviceWriteIOps: throttle("BlkioDeviceWriteIOps", "wiops"),
  CpuPeriod: { given: host({ CpuPeriod: 50_000, CpuQuota: 25_000 }), script: limit("cpu", "cpu.cfs_period_us", "cpu.max"), shows: /50000\n/ },
  CpuQuota: { given: host({ CpuQuota: 25_000 }), script: limit("cpu", "cpu.cfs_quota_us", "cpu.max"), shows: /^25000/ },
  CpuRealtimePeriod: { given: host({ CpuRealtimePeriod: 500_000 }), script: "cat /sys/fs/cgroup/cpu/cpu.rt_period_us", shows: "500000\n" },
  CpuRealtimeRuntime: isVersionOne && existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")
    ? { given: host({ CpuRealtimeRuntime: 500 }), script: "cat /sys/fs/cgroup/cpu/cpu.rt_runtime_us", shows: "500\n" }
    : { given: host({ CpuRealtimeRuntime: 500 }), refused: "Your kernel does not support CPU real-time scheduler" },
  CpusetCpus: { given: host({ CpusetCpus: "0" }), script: limit("cpuset", "cpuset.cpus", "cpuset.cpus"), shows: "0\n" },
  CpusetMems: { given: host({ CpusetMems: "0" }), script: limit("cpuset", "cpuset.mems", "cpuset.mems"), shows: "0\n" },
  Devices: { file: "container-config-process.test.ts", test: "security: capabilities" },
  DeviceCgroupRules: { given: host({ DeviceCgroupRules: ["c 10:237 r"] }), script: "mknod /k c 10 237 && : < /k && echo opened", shows: "opened\n" },
  DeviceRequests: { given: host({ DeviceRequests: [{ Driver: "cdi", Count: 0, DeviceIDs: ["example.com/thing=one"], Capabilities: null, Options: null }] }),
    script: "echo $THING; ls -l /dev/thing | awk '{ print $1, $5 $6 }'; : < /dev/thing && echo opened; cat /given/file; id -G; cat /hooked", shows: "one\ncrw-r----- 1,7\nopened\nfrom the host\n0 4711\nran\n" },
  KernelMemory: { file: "container-config-fields.test.ts", test: "before 1.42 dropped with a warning" },
  KernelMemoryTCP: isVersionOne
    ? { given: host({ KernelMemoryTCP: 67108864 }), script: "cat /sys/fs/cgroup/memory/memory.kmem.tcp.limit_in_bytes", shows: "67108864\n" }
    : { given: host({ KernelMemoryTCP: 67108864 }), script: "true", shows: "",
      warns: ["Your kernel does not support kernel memory TCP limit capabilities or the cgroup is not mounted. Limitation discarded."] },
  MemoryReservation: { given: host({ MemoryReservation: 33554432 }), script: limit("memory", "memory.soft_limit_in_bytes", "memory.low"), shows: "33554432\n" },
  MemorySwap: { given: host({ Memory: 67108864, MemorySwap: 134217728 }), script: `[ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ] && ${limit("memory", "memory.memsw.limit_in_bytes", "memory.swap.max")} || echo none`, shows: /^(134217728|67108864|none)\n$/ },
  MemorySwappiness: { given: host({ MemorySwappiness: 7 }), script: isVersionOne ? "cat /sys/fs/cgroup/memory/memory.swappiness" : "true", shows: isVersionOne ? "7\n" : "" },
  OomKillDisable: { given: host({ OomKillDisable: true, Memory: 67108864 }), script: isVersionOne ? "head -1 /sys/fs/cgroup/memory/memory.oom_control" : "true", shows: isVersionOne ? "oom_kill_disable 1\n" : "" },
  PidsLimit: { given: host({ PidsLimit: 17 }), script: limit("pids", "pids.max", "pids.max"), shows: "17\n" },
  Ulimits: { given: host({ Ulimits: [{ Name: "nofile", Soft: 100, Hard: 200 }] }), script: "ulimit -Sn; ulimit -Hn", shows: "100\n200\n" },
  // Of another system: docker on Linux passes it over as well.
  CpuCount: { given: host({ CpuCount: 1 }), script: "true", shows: "" },
  CpuPercent: { given: host({ CpuPercent: 50 }), script: "true", shows: "", warns: ["linux does not support CPU percent. Percent discarded."] },
  IOMaximumIOps: { given: host({ IOMaximumIOps: 5 }), refused: "Invalid QoS settings: linux does not support configuration of maximum IOPs" },
  IOMaximumBandwidth: { given: host({ IOMaximumBandwidth: 5 }), refused: "Invalid QoS settings: linux does not support configuration of maximum bandwidth" },
};

const configChecks: Readonly<Record<keyof ContainerConfig, Check>> = {
  Hostname: { given: { Hostname: "web" }, script: "hostname", shows: "web\n" },
  Domainname: { given: { Domainname: "example.test" }, script: "cat /proc/sys/kernel/domainname", shows: "example.test\n" },
  User: { given: { User: "user" }, script: "id -un", shows: "user\n" },
  AttachStdin: { file: "container-attach.test.ts", test: "input ends by half" },
  AttachStdout: { file: "container-attach.test.ts", test: "only the streams that were asked for" },
  AttachStderr: { file: "container-attach.test.ts", test: "only the streams that were asked for" },
  ExposedPorts: networks,
  Tty: { given: { Tty: true }, script: "tty", shows: "/dev/pts/0\r\n" },
  OpenStdin: { given: { OpenStdin: false }, script: "readlink /proc/self/fd/0", shows: "/dev/null\n" },
  StdinOnce: { file: "container-attach.test.ts", test: "input ends by half" },
  Env: { given: { Env: ["A=b c"] }, script: "echo $A", shows: "b c\n" },
  Cmd: { given: { Entrypoint: ["echo"], Cmd: ["one", "two"] }, script: "", shows: "one two\n" },
  Healthcheck: { file: "container-health.test.ts", test: "a check that succeeds" },
  // Of another system.
  ArgsEscaped: { given: { ArgsEscaped: true }, script: "true", shows: "" },
  Image: { given: { Image: "none-such" }, refused: "No such image: none-such" },
  Volumes: { given: { Volumes: { "/vol": {} } }, script: "grep -c ' /vol ' /proc/mounts", shows: "1\n" },
  WorkingDir: { given: { WorkingDir: "/made/for/it" }, script: "pwd", shows: "/made/for/it\n" },
  Entrypoint: { given: { Entrypoint: ["echo", "first"], Cmd: ["second"] }, script: "", shows: "first second\n" },
  NetworkDisabled: { given: { NetworkDisabled: true }, script: "ls /sys/class/net", shows: "lo\n" },
  MacAddress: { given: { MacAddress: "02:42:ac:11:00:99" }, script: "cat /sys/class/net/eth0/address", shows: "02:42:ac:11:00:99\n",
    warns: ["The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead."] },
  // For whoever builds upon an image that is made of the container.
  OnBuild: { file: "container-config-fields.test.ts", test: "Config.OnBuild and Config.Shell" },
  Labels: { file: "container-list.test.ts", test: "list: newest first" },
  StopSignal: { file: "container-stop.test.ts", test: "stop: by force after the time that was given, and by the container's own signal" },
  StopTimeout: { file: "container-stop.test.ts", test: "stop: by force after the time that was given" },
  Shell: { file: "container-config-fields.test.ts", test: "Config.OnBuild and Config.Shell" },
};

let world: ContainerWorld;

beforeAll(async () => {
  mkdirSync(join(folder, "given"));
  writeFileSync(join(folder, "given/file"), "from the host\n");
  writeFileSync(join(folder, "thing.json"), JSON.stringify({
    cdiVersion: "0.6.0", kind: "example.com/thing", containerEdits: { additionalGIDs: [4711] },
    devices: [{ name: "one", containerEdits: {
      env: ["THING=one"],
      deviceNodes: [{ path: "/dev/thing", hostPath: "/dev/full", fileMode: 0o640, permissions: "rw" }],
      mounts: [{ hostPath: join(folder, "given"), containerPath: "/given", options: ["ro"] }],
      hooks: [{ hookName: "createContainer", path: "/bin/sh", args: ["sh", "-c", "echo ran > $(sed -n 's/.*\"root\":{\"path\":\"\\([^\"]*\\)\".*/\\1/p' config.json)/hooked"] }],
    } }],
  }));
  world = await ContainerWorld.open(["--cdi-spec-dir", folder, "--cpu-rt-runtime", "1000"]);
}, 120_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}, 120_000);

const time = 120_000;

/** What the program printed, both streams in one. */
async function printed(id: string, tty: boolean): Promise<string> {
  const response = await fetch(`http://engine/containers/${id}/logs?stdout=1&stderr=1`, { unix: world.engine.socket });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (tty) return bytes.toString();
  let text = "";
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) text += bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at + 4)).toString();
  return text;
}

for (const [checks, part] of [[hostChecks, "HostConfig"], [configChecks, "Config"]] as const) {
  for (const [field, check] of Object.entries<Check>(checks)) {
    if ("file" in check) {
      test(`${part}.${field}: its test is there`, () => {
        const path = join(import.meta.dir, check.file);
        expect(readFileSync(path, "utf8")).toContain(check.test);
      });
    } else if ("refused" in check) {
      test(`${part}.${field}: refused`, async () => {
        const { status, body } = await world.engine.call<{ message: string }>("POST", "/containers/create", { Image: "busybox", Cmd: ["true"], ...check.given });
        expect(body.message).toContain(check.refused);
        expect(status).toBeGreaterThanOrEqual(400);
      }, time);
    } else {
      test(`${part}.${field}: takes effect`, async () => {
        const command = check.script === "" ? {} : { Cmd: ["sh", "-c", check.script] };
        const { status, body } = await world.engine.call<{ Id: string; Warnings: string[]; message?: string }>("POST", "/containers/create", { Image: "busybox", ...command, ...check.given });
        expect([status, body.message]).toEqual([201, undefined]);
        await world.start(body.Id);
        await world.wait(body.Id);
        const shown = await printed(body.Id, check.given.Tty === true);
        if (typeof check.shows === "string") expect(shown).toBe(check.shows);
        else expect(shown).toMatch(check.shows);
        expect(body.Warnings).toEqual([...(check.warns ?? [])]);
        await world.engine.call("DELETE", `/containers/${body.Id}?v=1`);
      }, time);
    }
  }
}

test("HostConfig.Annotations: the runtime has them", async () => {
  const id = await world.run("sleep 1000", host({ Annotations: { "org.example.one": "two" } }));
  const given = JSON.parse(readFileSync(join(world.engine.root, "x/bundles", id, "config.json"), "utf8")) as { annotations: Record<string, string> };
  expect(given.annotations).toMatchObject({ "org.example.one": "two" });
  const { HostConfig: shown } = await world.inspect(id);
  expect(shown.Annotations).toEqual({ "org.example.one": "two" });
}, time);

test("HostConfig.ContainerIDFile: the engine makes no file of it", () => {
  expect(existsSync(join(folder, "not-made"))).toBe(false);
});

test("Config.OnBuild and Config.Shell: the shell is that of health checks, and an image that is made of the container has both", async () => {
  const given = { OnBuild: ["RUN echo built"], Shell: ["/bin/sh", "-xc"], Healthcheck: { Test: ["CMD-SHELL", "echo checked"], Interval: 50_000_000 } };
  const id = await world.run("sleep 1000", given);
  expect((await world.inspect(id)).Config).toMatchObject({ OnBuild: given.OnBuild, Shell: given.Shell });
  const logged = async (): Promise<string> => (await world.inspect(id)).State.Health?.Log?.at(-1)?.Output ?? "";
  while (await logged() === "") await Bun.sleep(20);
  // It tells what it runs, as its "x" wants, on its other stream.
  expect((await logged()).split("\n").sort()).toEqual(["", "+ echo checked", "checked"]);
  expect(world.docker("commit", id, "made").status).toBe(0);
  expect(world.output("image", "inspect", "-f", "{{json .Config.OnBuild}} {{json .Config.Shell}}", "made")).toBe('["RUN echo built"] ["/bin/sh","-xc"]');
  world.docker("rm", "-f", id);
}, time);

test("info: where devices are described", () => {
  expect(world.output("info", "-f", "{{json .CDISpecDirs}}")).toBe(JSON.stringify([folder]));
});

test("HostConfig.KernelMemory: before 1.42 dropped with a warning, later passed over; what was dropped is not shown", async () => {
  const create = (version: string): Promise<Reply<{ Id: string; Warnings: string[] }>> =>
    world.engine.call("POST", `/${version}/containers/create`, { Image: "busybox", Cmd: ["true"], ...host({ KernelMemory: 67108864, CpuPercent: 5 }) });
  const percent = "linux does not support CPU percent. Percent discarded.";
  expect((await create("v1.43")).body.Warnings).toEqual([percent]);
  const { body } = await create("v1.41");
  expect(body.Warnings).toEqual(["Your kernel does not support kernel memory limit capabilities or the cgroup is not mounted. Limitation discarded.", percent]);
  const { HostConfig: shown } = await world.inspect(body.Id);
  expect([shown.KernelMemory ?? 0, shown.CpuPercent]).toEqual([0, 0]);
}, time);

test("Config.MacAddress: before 1.44 the only one, and refused where there is no network of its own; later it must be that of the network", async () => {
  const create = (version: string, body: object): Promise<Reply<{ Id: string; Warnings: string[]; message?: string }>> =>
    world.engine.call("POST", `/${version}/containers/create`, { Image: "busybox", Cmd: ["cat", "/sys/class/net/eth0/address"], MacAddress: "02:42:ac:11:00:98", ...body });
  const { body } = await create("v1.43", { NetworkingConfig: { EndpointsConfig: { default: { MacAddress: "02:42:ac:11:00:97" } } } });
  await world.start(body.Id);
  await world.wait(body.Id);
  expect([await printed(body.Id, false), body.Warnings]).toEqual(["02:42:ac:11:00:98\n", []]);
  expect((await create("v1.43", host({ NetworkMode: "host" }))).body.message).toBe("conflicting options: mac-address and the network mode");
  const other = { NetworkingConfig: { EndpointsConfig: { bridge: { MacAddress: "02:42:ac:11:00:97" } } } };
  expect((await create("v1.44", other)).body.message).toContain("the container-wide MAC address must match the endpoint-specific MAC address");
}, time);

test("HostConfig.DeviceRequests: a device that nothing describes keeps the container from starting, in docker's words", () => {
  expect(world.docker("run", "--rm", "--device", "example.com/thing=two", "busybox", "true").stderr).toContain("CDI device injection failed: unresolvable CDI devices example.com/thing=two");
  expect(world.docker("run", "--rm", "--gpus", "all", "busybox", "true").stderr).toContain('could not select device driver "" with capabilities: [[gpu]]');
  expect(world.output("ps", "-aq", "--filter", "status=created").split("\n").length).toBeLessThan(4);
}, time);
