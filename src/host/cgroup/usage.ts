import { numberAfter, type Cgroup } from "./cgroup.ts";
import type { CgroupLayout } from "./layout.ts";

/** What a group has used; undefined is what the machine's controllers do not tell. */
export interface CgroupUsage {
  readonly cpu: CpuUsage | undefined;
  readonly memory: MemoryUsage | undefined;
  readonly pids: { readonly current: number; readonly limit: number | undefined } | undefined;
  readonly io: IoUsage | undefined;
}

/** Nanoseconds of processor time. */
export interface CpuUsage {
  readonly total: number;
  readonly user: number;
  readonly system: number;
  /** Only version 1 counts them apart. */
  readonly perProcessor: readonly number[] | undefined;
  /** Periods that the group had a quota for, those in which it used it up, and the nanoseconds that it waited for the next. */
  readonly throttling: { readonly periods: number; readonly throttledPeriods: number; readonly throttledTime: number };
}

/** Bytes. */
export interface MemoryUsage {
  readonly usage: number;
  /** The most it ever was; only version 1 tells. */
  readonly highest: number | undefined;
  /** How often the limit stood in the way. */
  readonly failures: number;
  readonly limit: number | undefined;
  /** memory.stat, whose names differ between the versions. */
  readonly details: Readonly<Record<string, number>>;
}

export interface IoUsage {
  readonly bytes: readonly IoCount[];
  /** Undefined in version 2, as docker has it. */
  readonly operations: readonly IoCount[] | undefined;
}

export interface IoCount {
  readonly major: number;
  readonly minor: number;
  /** "Read", "Write", "Sync", …, "Total"; "read" and "write" in version 2. */
  readonly operation: string;
  readonly value: number;
}

/** The kernel says "no limit" in version 1 by the largest multiple of a page. */
const unlimited = 0x7fff_ffff_ffff_f000;
const ticksPerSecond = 100;
const nanosecondsPerTick = 1_000_000_000 / ticksPerSecond;

export function readUsage(group: Cgroup, { version }: CgroupLayout): CgroupUsage {
  const pids = integer(group.read("pids", "pids.current"));
  return {
    cpu: version === 2 ? unifiedCpu(group) : legacyCpu(group),
    memory: version === 2 ? unifiedMemory(group) : legacyMemory(group),
    pids: pids === undefined ? undefined : { current: pids, limit: integer(group.read("pids", "pids.max")) },
    io: version === 2 ? unifiedIo(group) : legacyIo(group),
  };
}

function unifiedCpu(group: Cgroup): CpuUsage | undefined {
  const text = group.read("cpu", "cpu.stat");
  if (text === undefined) return undefined;
  const count = (word: string): number => numberAfter(text, word) ?? 0;
  return {
    total: count("usage_usec") * 1000, user: count("user_usec") * 1000, system: count("system_usec") * 1000, perProcessor: undefined,
    throttling: { periods: count("nr_periods"), throttledPeriods: count("nr_throttled"), throttledTime: count("throttled_usec") * 1000 },
  };
}

function legacyCpu(group: Cgroup): CpuUsage | undefined {
  const total = integer(group.read("cpuacct", "cpuacct.usage"));
  if (total === undefined) return undefined;
  const parts = group.read("cpuacct", "cpuacct.stat");
  const ticks = (word: string): number => (numberAfter(parts, word) ?? 0) * nanosecondsPerTick;
  const throttling = group.read("cpu", "cpu.stat");
  return {
    total, user: ticks("user"), system: ticks("system"),
    perProcessor: group.read("cpuacct", "cpuacct.usage_percpu")?.trim().split(/\s+/).map(Number),
    throttling: {
      periods: numberAfter(throttling, "nr_periods") ?? 0,
      throttledPeriods: numberAfter(throttling, "nr_throttled") ?? 0,
      throttledTime: numberAfter(throttling, "throttled_time") ?? 0,
    },
  };
}

function unifiedMemory(group: Cgroup): MemoryUsage | undefined {
  const usage = integer(group.read("memory", "memory.current"));
  if (usage === undefined) return undefined;
  return {
    usage, highest: undefined, failures: numberAfter(group.read("memory", "memory.events"), "oom") ?? 0,
    limit: integer(group.read("memory", "memory.max")), details: numbersIn(group.read("memory", "memory.stat")),
  };
}

function legacyMemory(group: Cgroup): MemoryUsage | undefined {
  const usage = integer(group.read("memory", "memory.usage_in_bytes"));
  if (usage === undefined) return undefined;
  const limit = integer(group.read("memory", "memory.limit_in_bytes"));
  return {
    usage, highest: integer(group.read("memory", "memory.max_usage_in_bytes")), failures: integer(group.read("memory", "memory.failcnt")) ?? 0,
    limit: limit === undefined || limit >= unlimited ? undefined : limit, details: numbersIn(group.read("memory", "memory.stat")),
  };
}

/** Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 …`. */
function unifiedIo(group: Cgroup): IoUsage | undefined {
  const text = group.read("io", "io.stat");
  if (text === undefined) return undefined;
  const bytes = [...text.matchAll(/^(\d+):(\d+) (.*)$/gm)].flatMap(([, major, minor, counts = ""]) => ["read", "write"].map((operation) => ({
    major: Number(major), minor: Number(minor), operation, value: Number(new RegExp(`\\b${operation.charAt(0)}bytes=(\\d+)`).exec(counts)?.[1] ?? 0),
  })));
  return { bytes, operations: undefined };
}

/** The throttling policy counts, whether or not there is a limit; lines such as `8:0 Read 4096`. */
function legacyIo(group: Cgroup): IoUsage | undefined {
  const read = (name: string): readonly IoCount[] | undefined => {
    const text = group.read("blkio", `blkio.throttle.${name}_recursive`) ?? group.read("blkio", `blkio.throttle.${name}`);
    if (text === undefined) return undefined;
    return [...text.matchAll(/^(\d+):(\d+) (\w+) (\d+)$/gm)].map(([, major, minor, operation = "", value]) => ({ major: Number(major), minor: Number(minor), operation, value: Number(value) }));
  };
  const bytes = read("io_service_bytes");
  return bytes === undefined ? undefined : { bytes, operations: read("io_serviced") };
}

/** Lines of a word and a number. */
function numbersIn(text: string | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries([...(text ?? "").matchAll(/^(\w+) (\d+)$/gm)].map(([, name = "", value]) => [name, Number(value)]));
}

/** @returns undefined for "max" and for a missing file */
function integer(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? "", 10);
  return Number.isNaN(value) ? undefined : value;
}
