import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostLimits, runtimes, SpecWorld } from "./spec-world.ts";

let world: SpecWorld;

beforeAll(() => { world = new SpecWorld(); });
afterAll(() => { world.close(); });

const time = 120_000;

/** A limit as the container's own cgroup has it, read on the host while the container runs. */
function limit(v1: string, v2: string): string {
  return hostLimits.cgroupVersion === 1 ? `cat /sys/fs/cgroup/${v1}` : `cat /sys/fs/cgroup/${v2}`;
}

describe.each([...runtimes])("%s", (runtime) => {
  const output = async (script: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> => world.output(runtime, script, { body });

  test("user: by name, by number, with a group, with further groups", async () => {
    const ids = async (body: Record<string, unknown>): Promise<string> => output("echo $(id -u) $(id -g) $(id -G) $HOME", body);
    expect(await ids({})).toBe("0 0 0 /root\n");
    expect(await ids({ User: "ann" })).toBe("1234 1234 1234 2000 /home/ann\n");
    expect(await ids({ User: "1234" })).toBe("1234 1234 1234 2000 /home/ann\n");
    expect(await ids({ User: "ann:wheel" })).toBe("1234 2001 2001 /home/ann\n");
    expect(await ids({ User: "5000:6000" })).toBe("5000 6000 6000 /\n");
    expect(await ids({ User: "5000", HostConfig: { GroupAdd: ["wheel", "7000"] } })).toBe("5000 0 0 2001 7000 /\n");
  }, time);

  test("environment: PATH, HOSTNAME, the user's, HOME", async () => {
    const body = { Entrypoint: ["/bin/env"], Cmd: [], Env: ["A=1", "B=x=y z", "PATH=/bin"], Hostname: "web" };
    expect((await output("", body)).trim().split("\n")).toEqual(["PATH=/bin", "HOSTNAME=web", "A=1", "B=x=y z", "HOME=/root"]);
  }, time);

  test("working folder, also one that is a link inside", async () => {
    expect(await output("pwd", { WorkingDir: "/tmp" })).toBe("/tmp\n");
    expect(await output("pwd")).toBe("/\n");
  }, time);

  test("ulimits: numbers, and none", async () => {
    const body = { HostConfig: { Ulimits: [{ Name: "nofile", Soft: 100, Hard: 200 }, { Name: "core", Soft: -1, Hard: -1 }, { Name: "cpu", Soft: 5, Hard: -1 }] } };
    const lines = (await output("grep -E 'open files|core file|cpu time' /proc/self/limits", body)).trim().split("\n").map((line) => line.split(/\s\s+/).slice(0, 3));
    expect(lines).toEqual([["Max cpu time", "5", "unlimited"], ["Max core file size", "unlimited", "unlimited"], ["Max open files", "100", "200"]]);
  }, time);

  test("out-of-memory score", async () => {
    expect(await output("cat /proc/self/oom_score_adj", { HostConfig: { OomScoreAdj: 321 } })).toBe("321\n");
  }, time);

  test("sysctls", async () => {
    expect(await output("cat /proc/sys/kernel/msgmax", { HostConfig: { Sysctls: { "kernel.msgmax": "4321" } } })).toBe("4321\n");
  }, time);

  test("shared memory: its size, none at all", async () => {
    expect(await output("df -k /dev/shm | awk 'NR==2 { print $2 }'")).toBe("65536\n");
    expect(await output("df -k /dev/shm | awk 'NR==2 { print $2 }'", { HostConfig: { ShmSize: 1048576 } })).toBe("1024\n");
    expect(await output("test -e /dev/shm; echo $?", { HostConfig: { IpcMode: "none" } })).toBe("1\n");
  }, time);

  test("read-only root: writes fail but on what is mounted", async () => {
    const mounts = [{ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=64k"] }];
    const wish = { body: { HostConfig: { ReadonlyRootfs: true } }, request: { mounts } };
    expect((await world.run(runtime, "touch /etc/x", wish)).stderr).toBe("touch: /etc/x: Read-only file system\n");
    expect(await world.output(runtime, "touch /tmp/x /dev/shm/x && df -k /tmp | awk 'NR==2 { print $2 }'", wish)).toBe("64\n");
  }, time);

  test("mounts: deeper ones over shallower, the user's own in the place of the container's", async () => {
    const outside = join(world.folder, "outside");
    mkdirSync(join(outside, "inner"), { recursive: true });
    writeFileSync(join(outside, "file"), "of the host\n");
    const bind = (destination: string, ...options: string[]) => ({ destination, type: "bind", source: outside, options: ["rbind", ...options] });
    const mounts = [bind("/data", "rprivate", "ro"), { destination: "/data/inner", type: "tmpfs", source: "tmpfs", options: [] }, bind("/dev/shm", "rw"), bind("/made/for/it", "rw")];
    const script = "cat /data/file /dev/shm/file /made/for/it/file; touch /data/inner/x; touch /data/y; touch /dev/shm/z";
    const { stdout, stderr } = await world.run(runtime, script, { request: { mounts } });
    expect(stdout).toBe("of the host\n".repeat(3));
    expect(stderr).toBe("touch: /data/y: Read-only file system\n");
    expect(existsSync(join(outside, "z"))).toBe(true);
    expect(existsSync(join(outside, "inner/x"))).toBe(false);
    rmSync(join(world.rootfs, "made"), { recursive: true });
    rmSync(outside, { recursive: true });
  }, time);

  test("CVE-2018-15664: a mount point that is a link stays inside the container", async () => {
    const target = join(world.folder, "target");
    const outside = join(world.folder, "outside");
    mkdirSync(target);
    mkdirSync(outside);
    writeFileSync(join(outside, "file"), "bound\n");
    await output(`mkdir -p ${target}; busybox ln -s ${target} /absolute; busybox ln -s ../../../../../..${target} /up`);
    const mounts = ["/absolute", "/up/deeper"].map((destination) => ({ destination, type: "bind", source: outside, options: ["rbind", "rw"] }));
    expect(await world.output(runtime, `cat ${target}/file ${target}/deeper/file`, { request: { mounts } })).toBe("bound\nbound\n");
    expect(existsSync(join(target, "deeper"))).toBe(false);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(target);
    rmSync(join(world.rootfs, "absolute"));
    rmSync(join(world.rootfs, "up"));
    rmSync(join(world.rootfs, "tmp"), { recursive: true });
    mkdirSync(join(world.rootfs, "tmp"));
    rmSync(target, { recursive: true });
    rmSync(outside, { recursive: true });
  }, time);

  test("limits: memory, processors, processes, in the container's cgroup", async () => {
    const host = {
      Memory: 64 * 1024 * 1024, MemoryReservation: 32 * 1024 * 1024, CpuShares: 512, NanoCpus: 500_000_000, CpusetCpus: "0", CpusetMems: "0", PidsLimit: 17,
    };
    const own = hostLimits.cgroupVersion === 1 ? "$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)" : "";
    const body = { HostConfig: host };
    expect(await output(limit("memory/memory.limit_in_bytes", `${own}/memory.max`), body)).toBe("67108864\n");
    expect(await output(limit("memory/memory.soft_limit_in_bytes", "memory.low"), body)).toBe("33554432\n");
    expect(await output(limit("pids/pids.max", "pids.max"), body)).toBe("17\n");
    expect(await output(limit("cpuset/cpuset.cpus", "cpuset.cpus"), body)).toBe("0\n");
    if (hostLimits.cgroupVersion === 1) {
      expect(await output("cd /sys/fs/cgroup/cpu; cat cpu.shares cpu.cfs_quota_us cpu.cfs_period_us", body)).toBe("512\n50000\n100000\n");
    } else {
      expect(await output("cat /sys/fs/cgroup/cpu.max", body)).toBe("50000 100000\n");
    }
  }, time);
});
