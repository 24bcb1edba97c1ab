import { numberAfter, type Cgroup } from "./cgroup.ts";
import type { CgroupLayout } from "./layout.ts";

/** What a group has used; undefined is what the machine's controllers do not tell. */
export interface CgroupUsage {
  /** Nanoseconds of processor time. */
  readonly cpu: { readonly total: number; readonly user: number; readonly system: number } | undefined;
  /** Bytes. `cache` is file content that the kernel gives up first (inactive_file). No limit: undefined. */
  readonly memory: { readonly usage: number; readonly cache: number; readonly limit: number | undefined } | undefined;
  readonly pids: { readonly current: number; readonly limit: number | undefined } | undefined;
}

/** The kernel says "no limit" in version 1 by the largest multiple of a page. */
const unlimited = 0x7fff_ffff_ffff_f000;
const ticksPerSecond = 100;
const nanosecondsPerTick = 1_000_000_000 / ticksPerSecond;

export function readUsage(group: Cgroup, layout: CgroupLayout): CgroupUsage {
  const pids = integer(group.read("pids", "pids.current"));
  return {
    cpu: layout.version === 2 ? unifiedCpu(group) : legacyCpu(group),
    memory: layout.version === 2 ? unifiedMemory(group) : legacyMemory(group),
    pids: pids === undefined ? undefined : { current: pids, limit: integer(group.read("pids", "pids.max")) },
  };
}

function unifiedCpu(group: Cgroup): CgroupUsage["cpu"] {
  const text = group.read("cpu", "cpu.stat");
  const microseconds = (word: string): number => (numberAfter(text, word) ?? 0) * 1000;
  return text === undefined ? undefined : { total: microseconds("usage_usec"), user: microseconds("user_usec"), system: microseconds("system_usec") };
}

function legacyCpu(group: Cgroup): CgroupUsage["cpu"] {
  const total = integer(group.read("cpuacct", "cpuacct.usage"));
  const parts = group.read("cpuacct", "cpuacct.stat");
  const ticks = (word: string): number => (numberAfter(parts, word) ?? 0) * nanosecondsPerTick;
  return total === undefined ? undefined : { total, user: ticks("user"), system: ticks("system") };
}

function unifiedMemory(group: Cgroup): CgroupUsage["memory"] {
  const usage = integer(group.read("memory", "memory.current"));
  const cache = numberAfter(group.read("memory", "memory.stat"), "inactive_file") ?? 0;
  return usage === undefined ? undefined : { usage, cache, limit: integer(group.read("memory", "memory.max")) };
}

function legacyMemory(group: Cgroup): CgroupUsage["memory"] {
  const usage = integer(group.read("memory", "memory.usage_in_bytes"));
  const cache = numberAfter(group.read("memory", "memory.stat"), "total_inactive_file") ?? 0;
  const limit = integer(group.read("memory", "memory.limit_in_bytes"));
  return usage === undefined ? undefined : { usage, cache, limit: limit === undefined || limit >= unlimited ? undefined : limit };
}

/** @returns undefined for "max" and for a missing file */
function integer(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? "", 10);
  return Number.isNaN(value) ? undefined : value;
}
