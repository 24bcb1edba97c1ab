import type { Volume } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { filterFlag, filtersOf, listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { listOptions, writeList, type ListFormat } from "../output/index.ts";

export const listCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    switchFlag("cluster", "Display only cluster volumes, and use cluster volume list formatting", { needs: { api: 42 } }),
    filterFlag("f"), listFormatFlag, switchFlag("quiet", "Only display volume names", { short: "q" }),
  ],
  async run({ engine, io, settings }, { flags }) {
    const { Volumes } = await engine.call("volumeList", { query: { filters: filtersOf(flags.list("filter")) } });
    const isCluster = flags.isOn("cluster");
    const options = listOptions(flags, settings, { key: "volumesFormat", quietField: "Name" });
    const isPlain = options.format === "" || options.format === "table";
    await writeList(io.out, {
      items: (Volumes ?? []).filter((volume) => !isCluster || "ClusterVolume" in volume).sort((a, b) => naturalOrder(a.Name, b.Name)),
      format: isCluster && isPlain ? { ...volumeFormat, columns: ["Name", "Group", "Driver", "Availability", "Status"] } : volumeFormat,
      options,
    });
    return 0;
  },
};

function naturalOrder(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

export const volumeFormat: ListFormat<Volume> = {
  typeName: "*formatter.volumeContext",
  columns: ["Driver", "Name"],
  raw: "name: {{.Name}}\ndriver: {{.Driver}}\n",
  fields: {
    Availability: { heading: "AVAILABILITY", value: () => "N/A" },
    Driver: { heading: "DRIVER", value: ({ Driver }) => Driver },
    Group: { heading: "GROUP", value: () => "N/A" },
    Labels: { heading: "LABELS", value: ({ Labels }) => Object.entries(Labels ?? {}).map(([name, value]) => `${name}=${value}`).join(",") },
    Label: { heading: "", isLeftOut: true, value: ({ Labels }) => (name: string) => Labels?.[name] ?? "" },
    Links: { heading: "LINKS", value: ({ UsageData }) => (UsageData === undefined ? "N/A" : String(UsageData.RefCount)) },
    Mountpoint: { heading: "MOUNTPOINT", value: ({ Mountpoint }) => Mountpoint },
    Name: { heading: "VOLUME NAME", value: ({ Name }) => Name },
    Scope: { heading: "SCOPE", value: ({ Scope }) => Scope },
    Size: { heading: "SIZE", value: ({ UsageData }) => (UsageData === undefined ? "N/A" : formatDecimalSize(UsageData.Size, 4)) },
    Status: { heading: "STATUS", value: () => "N/A" },
  },
};
