import { readdirSync, readFileSync, statSync } from "node:fs";
import { arch, availableParallelism, hostname, release } from "node:os";
import { join } from "node:path";

/** What a person asks of a machine before running containers on it. */
export interface Machine {
  readonly hostname: string;
  readonly kernelVersion: string;
  /** PRETTY_NAME and VERSION_ID of os-release(5). */
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  /** As `uname -m` has it. */
  readonly architecture: string;
  /** As OCI images have it. */
  readonly imageArchitecture: string;
  readonly processors: number;
  /** Bytes. */
  readonly memory: number;
  readonly forwardsIpv4: boolean;
  readonly seccomp: boolean;
  readonly cgroup: CgroupFacts;
}

/** Which limits the kernel can set. */
export interface CgroupFacts {
  readonly version: 1 | 2;
  readonly memory: boolean;
  readonly swap: boolean;
  readonly cpuQuota: boolean;
  readonly cpuShares: boolean;
  readonly cpuset: boolean;
  readonly pids: boolean;
  readonly oomKillDisable: boolean;
  /** Shares of a disk, which want a scheduler of the disk that knows them. */
  readonly ioWeight: boolean;
  /** Realtime programs have a share of their own. */
  readonly cpuRealtime: boolean;
  /** Memory of TCP's buffers. */
  readonly tcpMemory: boolean;
}

const machineNames: Readonly<Partial<Record<string, string>>> = { x64: "x86_64", arm64: "aarch64", ia32: "i686", arm: "armv7l", riscv64: "riscv64" };
const imageNames: Readonly<Partial<Record<string, string>>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** @param root of the file system with /proc, /sys and /etc; another one in tests */
export function readMachine(root = "/"): Machine {
  const osRelease = parseOsRelease(textOf(join(root, "etc/os-release")) ?? textOf(join(root, "usr/lib/os-release")) ?? "");
  return {
    hostname: hostname(),
    kernelVersion: release(),
    operatingSystem: osRelease.get("PRETTY_NAME") ?? "Linux",
    operatingSystemVersion: osRelease.get("VERSION_ID") ?? "",
    architecture: machineNames[arch()] ?? arch(),
    imageArchitecture: imageNames[arch()] ?? arch(),
    processors: availableParallelism(),
    memory: totalMemory(textOf(join(root, "proc/meminfo")) ?? ""),
    forwardsIpv4: textOf(join(root, "proc/sys/net/ipv4/ip_forward"))?.trim() === "1",
    seccomp: textOf(join(root, "proc/sys/kernel/seccomp/actions_avail")) !== undefined,
    cgroup: readCgroups(join(root, "sys/fs/cgroup")),
  };
}

/** Names and values of os-release(5), without their quotes. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*))$/gm);
  return new Map([...lines].map(([, name = "", quoted, single, bare]) => [name, (quoted ?? single ?? bare ?? "").replace(/\\(.)/g, "$1")]));
}

/** Bytes of MemTotal in /proc/meminfo. */
export function totalMemory(meminfo: string): number {
  return Number(/^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
}

function readCgroups(root: string): CgroupFacts {
  const controllers = textOf(join(root, "cgroup.controllers"))?.trim().split(" ");
  if (controllers !== undefined) return unifiedCgroups(controllers);
  const has = (file: string): boolean => statSync(join(root, file), { throwIfNoEntry: false }) !== undefined;
  return {
    version: 1,
    memory: has("memory/memory.limit_in_bytes"),
    swap: has("memory/memory.memsw.limit_in_bytes"),
    cpuQuota: has("cpu/cpu.cfs_quota_us"),
    cpuShares: has("cpu/cpu.shares"),
    cpuset: has("cpuset/cpuset.cpus"),
    pids: has("pids"),
    oomKillDisable: has("memory/memory.oom_control"),
    ioWeight: has("blkio/blkio.weight") || has("blkio/blkio.bfq.weight"),
    cpuRealtime: has("cpu/cpu.rt_runtime_us"),
    tcpMemory: has("memory/memory.kmem.tcp.limit_in_bytes"),
  };
}

function unifiedCgroups(controllers: readonly string[]): CgroupFacts {
  const hasCpu = controllers.includes("cpu");
  const hasMemory = controllers.includes("memory");
  return {
    version: 2,
    memory: hasMemory,
    swap: hasMemory,
    cpuQuota: hasCpu,
    cpuShares: hasCpu,
    cpuset: controllers.includes("cpuset"),
    pids: controllers.includes("pids"),
    oomKillDisable: false,
    ioWeight: controllers.includes("io"),
    cpuRealtime: false,
    tcpMemory: false,
  };
}

/** Descriptors that this process has open. */
export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}
