import { formatBinarySize, formatDecimalSize } from "../../../base/index.ts";
import { listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { shortId, writeList, type ListFormat } from "../output/index.ts";

/** The part of a container's statistics that is shown; the API leaves out what a machine does not measure. */
interface Sample {
  readonly id?: string;
  readonly name?: string;
  readonly cpu_stats?: CpuSample;
  readonly precpu_stats?: CpuSample;
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number; readonly stats?: Readonly<Record<string, number>> };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
  readonly blkio_stats?: { readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null };
  readonly pids_stats?: { readonly current?: number };
}

interface CpuSample {
  readonly cpu_usage?: { readonly total_usage: number; readonly percpu_usage?: readonly number[] | null };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

export const statsCommand: Command = {
  usage: "[OPTIONS] [CONTAINER...]",
  arity: { least: 0 },
  flags: [
    switchFlag("all", "Show all containers (default shows just running)", { short: "a" }),
    listFormatFlag,
    switchFlag("no-stream", "Disable streaming stats and only pull the first result"),
    switchFlag("no-trunc", "Do not truncate output"),
  ],
  async run({ engine, io }, { flags, args }) {
    const isOnce = flags.isOn("no-stream");
    const format = statsFormat(!flags.isOn("no-trunc"));
    for (;;) {
      const ids = args.length > 0 ? args : (await engine.call("containerList", { query: { all: flags.isOn("all") } })).map(({ Id }) => Id);
      // Each answer takes the engine a second, in which it measures; that is the pace of the display.
      const samples = await Promise.all(ids.map(async (id) => await engine.call("containerStats", { path: { id }, query: { stream: false } }) as Sample));
      if (!isOnce && io.out.isTerminal) await io.out.write("\u001b[H\u001b[J");
      await writeList(io.out, { items: samples, format, options: { format: flags.text("format") } });
      if (isOnce) return 0;
      if (ids.length === 0) await engine.lines("systemEvents", { query: { filters: new Map([["event", ["start"]]]) } }).then(first);
    }
  },
};

async function first(lines: AsyncIterable<unknown>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
}

function statsFormat(truncates: boolean): ListFormat<Sample> {
  return {
    typeName: "*formatter.statsContext",
    columns: ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
    fields: {
      BlockIO: { heading: "BLOCK I/O", value: (item) => blockText(item) },
      CPUPerc: { heading: "CPU %", value: (item) => `${cpuPercent(item).toFixed(2)}%` },
      Container: { heading: "CONTAINER", value: ({ id = "" }) => (truncates ? shortId(id) : id) },
      ID: { heading: "CONTAINER ID", value: ({ id = "" }) => (truncates ? shortId(id) : id) },
      MemPerc: { heading: "MEM %", value: (item) => `${memoryPercent(item).toFixed(2)}%` },
      MemUsage: { heading: "MEM USAGE / LIMIT", value: (item) => `${formatBinarySize(memoryUsed(item))} / ${formatBinarySize(item.memory_stats?.limit ?? 0)}` },
      Name: { heading: "NAME", value: ({ name = "" }) => name.replace(/^\//, "") },
      NetIO: { heading: "NET I/O", value: networkText },
      PIDs: { heading: "PIDS", value: ({ pids_stats }) => String(pids_stats?.current ?? 0) },
    },
  };
}

function cpuPercent({ cpu_stats: now, precpu_stats: before }: Sample): number {
  const used = (now?.cpu_usage?.total_usage ?? 0) - (before?.cpu_usage?.total_usage ?? 0);
  const machine = (now?.system_cpu_usage ?? 0) - (before?.system_cpu_usage ?? 0);
  const processors = now?.online_cpus ?? now?.cpu_usage?.percpu_usage?.length ?? 1;
  return used > 0 && machine > 0 ? (used / machine) * processors * 100 : 0;
}

/** Without the pages of files that the kernel can drop at once. */
function memoryUsed({ memory_stats }: Sample): number {
  const usage = memory_stats?.usage ?? 0;
  const stats = memory_stats?.stats ?? {};
  const cache = stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0;
  return cache < usage ? usage - cache : usage;
}

function memoryPercent(item: Sample): number {
  const limit = item.memory_stats?.limit ?? 0;
  return limit === 0 ? 0 : (memoryUsed(item) / limit) * 100;
}

function networkText({ networks }: Sample): string {
  const all = Object.values(networks ?? {});
  const received = all.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0);
  const sent = all.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0);
  return `${formatDecimalSize(received)} / ${formatDecimalSize(sent)}`;
}

function blockText({ blkio_stats }: Sample): string {
  const entries = blkio_stats?.io_service_bytes_recursive ?? [];
  const sum = (name: string): number => entries.filter(({ op }) => op.toLowerCase() === name).reduce((total, { value }) => total + value, 0);
  return `${formatDecimalSize(sum("read"))} / ${formatDecimalSize(sum("write"))}`;
}
