import type { DataUsage } from "../../../api/types/index.ts";
import { listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { writeList, type ListFormat } from "../output/index.ts";

export const diskUsageCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [listFormatFlag, switchFlag("verbose", "Show detailed information on space usage", { short: "v" })],
  async run({ engine, io }, { flags }) {
    const usage = await engine.call("systemDataUsage", {});
    const format = flags.text("format");
    if (flags.isOn("verbose")) {
      const { writeDetails } = await import("./disk-usage-details.ts");
      await writeDetails(io.out, usage, format);
    } else {
      await writeList(io.out, { items: summarize(usage), format: summaryFormat, options: { format } });
    }
    return 0;
  },
};

interface Summary {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly size: number;
  readonly reclaimable: number;
  /** Also as a share of the size. */
  readonly tellsShare: boolean;
}

const summaryFormat: ListFormat<Summary> = {
  typeName: "*formatter.diskUsageImagesContext",
  columns: ["Type", "TotalCount", "Active", "Size", "Reclaimable"],
  raw: "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n",
  fields: {
    Active: { heading: "ACTIVE", value: ({ active }) => String(active) },
    Reclaimable: { heading: "RECLAIMABLE", value: reclaimableText },
    Size: { heading: "SIZE", value: ({ size }) => formatDecimalSize(size, 4) },
    TotalCount: { heading: "TOTAL", value: ({ total }) => String(total) },
    Type: { heading: "TYPE", value: ({ type }) => type },
  },
};

function reclaimableText({ size, reclaimable, tellsShare }: Summary): string {
  const text = formatDecimalSize(reclaimable, 4);
  return tellsShare && size > 0 ? `${text} (${Math.floor((reclaimable * 100) / size)}%)` : text;
}

function summarize({ LayersSize, Images, Containers, Volumes, BuildCache }: DataUsage): readonly Summary[] {
  const [images, containers, volumes, caches] = [Images ?? [], Containers ?? [], Volumes ?? [], (BuildCache ?? [])];
  const ownSizes = images.filter(({ Containers: users, Size, SharedSize }) => users !== 0 && Size !== -1 && SharedSize !== -1).map(({ Size, SharedSize }) => Size - SharedSize);
  const [running, ended] = partition(containers, ({ State }) => ["running", "paused", "restarting"].includes(State));
  const [held, free] = partition(volumes.map(({ UsageData }) => ({ size: Math.max(UsageData?.Size ?? 0, 0), users: UsageData?.RefCount ?? 0 })), ({ users }) => users > 0);
  const own = caches.filter(({ Shared }) => !Shared);
  const written = (list: typeof containers): number => sum(list.map(({ SizeRw = 0 }) => SizeRw));
  return [
    {
      type: "Images", total: images.length, active: images.filter(({ Containers: users }) => users > 0).length, size: LayersSize,
      reclaimable: LayersSize - sum(ownSizes), tellsShare: true,
    },
    { type: "Containers", total: containers.length, active: running.length, size: written(containers), reclaimable: written(ended), tellsShare: true },
    {
      type: "Local Volumes", total: volumes.length, active: held.length, size: sum([...held, ...free].map(({ size }) => size)),
      reclaimable: sum(free.map(({ size }) => size)), tellsShare: true,
    },
    {
      type: "Build Cache", total: caches.length, active: caches.filter(({ InUse }) => InUse).length, size: sum(own.map(({ Size }) => Size)),
      reclaimable: sum(own.filter(({ InUse }) => !InUse).map(({ Size }) => Size)), tellsShare: false,
    },
  ];
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
