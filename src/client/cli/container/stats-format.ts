import type { ContainerStats, MemoryStats } from "../../../api/types/index.ts";
import { formatBinarySize, formatDecimalSize } from "../../../base/index.ts";
import { shortId, type ListFormat } from "../output/index.ts";

/** A line of the display: a container, and the last that was heard of it. */
export interface StatsRow {
  /** As it was asked for; the short id where all were. */
  readonly container: string;
  /** Undefined while nothing is known, or nothing any more. */
  sample: ContainerStats | undefined;
}

const unknown = "--";

export function statsFormat({ truncates }: { readonly truncates: boolean }): ListFormat<StatsRow> {
  const shown = (value: (sample: ContainerStats) => string, otherwise = unknown) => ({ sample }: StatsRow): string => (sample === undefined ? otherwise : value(sample));
  return {
    typeName: "*formatter.statsContext",
    columns: ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
    fields: {
      BlockIO: { heading: "BLOCK I/O", value: shown(blockText) },
      CPUPerc: { heading: "CPU %", value: shown((sample) => `${cpuPercent(sample).toFixed(2)}%`) },
      Container: { heading: "CONTAINER", value: ({ container }) => container },
      ID: { heading: "CONTAINER ID", value: shown(({ id }) => (truncates ? shortId(id) : id), "") },
      MemPerc: { heading: "MEM %", value: shown((sample) => `${memoryPercent(sample.memory_stats).toFixed(2)}%`) },
      MemUsage: { heading: "MEM USAGE / LIMIT", value: shown(({ memory_stats: memory }) => `${formatBinarySize(memoryUsed(memory))} / ${formatBinarySize(memory.limit ?? 0)}`, "-- / --") },
      Name: { heading: "NAME", value: shown(({ name }) => name.replace(/^\//, "")) },
      NetIO: { heading: "NET I/O", value: shown(networkText) },
      PIDs: { heading: "PIDS", value: shown(({ pids_stats: { current = 0 } }) => String(current)) },
    },
  };
}

/** Of one processor: two that are busy are 200 %. */
function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const machine = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const processors = now.online_cpus ?? now.cpu_usage.percpu_usage?.length ?? 1;
  return used > 0 && machine > 0 ? (used / machine) * processors * 100 : 0;
}

/** Without the pages of files that the kernel can drop at once. */
function memoryUsed({ usage = 0, stats = {} }: MemoryStats): number {
  const cache = stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0;
  return cache < usage ? usage - cache : usage;
}

function memoryPercent(memory: MemoryStats): number {
  const limit = memory.limit ?? 0;
  return limit === 0 ? 0 : (memoryUsed(memory) / limit) * 100;
}

function networkText({ networks = {} }: ContainerStats): string {
  const all = Object.values(networks);
  const received = all.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0);
  const sent = all.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0);
  return `${formatDecimalSize(received)} / ${formatDecimalSize(sent)}`;
}

function blockText({ blkio_stats: { io_service_bytes_recursive: entries } }: ContainerStats): string {
  const sum = (name: string): number => (entries ?? []).filter(({ op }) => op.toLowerCase() === name).reduce((total, { value }) => total + value, 0);
  return `${formatDecimalSize(sum("read"))} / ${formatDecimalSize(sum("write"))}`;
}
