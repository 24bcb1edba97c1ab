import type { Network } from "../../../api/types/index.ts";
import { filterFlag, filtersOf, listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { listOptions, shortId, writeList, type ListFormat } from "../output/index.ts";

export const listCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    filterFlag("f"), listFormatFlag,
    switchFlag("no-trunc", "Do not truncate the output"),
    switchFlag("quiet", "Only display network IDs", { short: "q" }),
  ],
  async run({ engine, io, settings }, { flags }) {
    const networks = await engine.call("networkList", { query: { filters: filtersOf(flags.list("filter")) } });
    await writeList(io.out, {
      items: [...networks].sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true })),
      format: networkFormat(!flags.isOn("no-trunc")),
      options: listOptions(flags, settings, { key: "networksFormat", quietField: "ID" }),
    });
    return 0;
  },
};

function networkFormat(truncates: boolean): ListFormat<Network> {
  return {
    typeName: "*network.networkContext",
    columns: ["ID", "Name", "Driver", "Scope"],
    raw: "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
    fields: {
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => goTimeOf(Created) },
      Driver: { heading: "DRIVER", value: ({ Driver }) => Driver },
      ID: { heading: "NETWORK ID", value: ({ Id }) => (truncates ? shortId(Id) : Id) },
      IPv4: { heading: "IPV4", value: (network: Partial<Network>) => String(network.EnableIPv4 ?? false) },
      IPv6: { heading: "IPV6", value: ({ EnableIPv6 }) => String(EnableIPv6) },
      Internal: { heading: "INTERNAL", value: ({ Internal }) => String(Internal) },
      Labels: { heading: "LABELS", value: ({ Labels }) => Object.entries(Labels ?? {}).map(([name, value]) => `${name}=${value}`).join(",") },
      Label: { heading: "", isLeftOut: true, value: ({ Labels }) => (name: string) => Labels?.[name] ?? "" },
      Name: { heading: "NAME", value: ({ Name }) => Name },
      Scope: { heading: "SCOPE", value: ({ Scope }) => Scope },
    },
  };
}

/** RFC 3339 as Go prints a time: "2026-11-27 21:26:36.393251094 +0000 UTC". */
function goTimeOf(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T([\d:.]+)(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (match === null) return text;
  const [, day = "", clock = "", sign = "+", hours = "00", minutes = "00"] = match;
  const offset = `${sign}${hours}${minutes}`;
  return `${day} ${clock} ${offset} ${offset === "+0000" ? "UTC" : offset}`;
}
