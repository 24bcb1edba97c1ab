import { formatDecimalSize } from "../../../base/index.ts";
import type { ContainerSummary } from "../../../api/types/index.ts";
import { filterFlag, filtersOf, integerFlag, listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { ago, ellipsis, goTime, listOptions, probeTemplate, shortId, writeList, type ListFormat } from "../output/index.ts";
import { displayPorts } from "./display-ports.ts";

export const listCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    switchFlag("all", "Show all containers (default shows just running)", { short: "a" }),
    filterFlag("f"),
    listFormatFlag,
    integerFlag("last", "Show n last created containers (includes all states)", { short: "n", absent: -1 }),
    switchFlag("latest", "Show the latest created container (includes all states)", { short: "l" }),
    switchFlag("no-trunc", "Don't truncate output"),
    switchFlag("quiet", "Only display container IDs", { short: "q" }),
    switchFlag("size", "Display total file sizes", { short: "s" }),
  ],
  async run({ engine, io, settings }, { flags }) {
    const last = flags.isOn("latest") && !flags.isGiven("last") ? 1 : flags.number("last");
    const isQuiet = flags.isOn("quiet");
    if (isQuiet && flags.text("format") !== "") await io.err.write("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    const options = listOptions(flags, settings, { key: "psFormat", quietField: "ID" });
    const format = isQuiet && options.format !== "raw" ? "" : options.format;
    const size = flags.isOn("size") || (!isQuiet && needsSize(format));
    const view = containerFormat({ truncates: !flags.isOn("no-trunc"), withSize: flags.isOn("size") });
    await probeTemplate(format, view, sample);
    const items = await engine.call("containerList", {
      query: { all: flags.isOn("all"), size, ...(last > 0 ? { limit: last } : {}), filters: filtersOf(flags.list("filter")) },
    });
    await writeList(io.out, {
      items,
      format: view,
      options: { ...options, format },
    });
    return 0;
  },
};

/** Whether a template shows the size, which the engine only counts when it is asked for: by its name, or with the whole item. */
function needsSize(format: string): boolean {
  return /\{\{[^}]*(?:\.Size\b|\bjson\s+\.\s*[}|)])/.test(format);
}

/** A container without anything, for a template to be tried on. */
const sample: ContainerSummary = {
  Id: "", Names: [], Image: "", ImageID: "", Command: "", Created: 0, Ports: [], Labels: {}, State: "created", Status: "",
  HostConfig: { NetworkMode: "" }, NetworkSettings: { Networks: {} }, Mounts: [],
};

const rawTemplate = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state:{{pad .State 1 0}}
status:{{pad .Status 1 0}}
names: {{.Names}}
labels:{{pad .Labels 1 0}}
ports:{{pad .Ports 1 0}}
`;

export function containerFormat(view: { readonly truncates: boolean; readonly withSize: boolean }): ListFormat<ContainerSummary> {
  const { truncates, withSize } = view;
  const columns = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"];
  return {
    typeName: "*formatter.ContainerContext",
    columns: withSize ? [...columns, "Size"] : columns,
    ...(truncates ? { shrinks: ["Ports", "Command", "Image"] } : {}),
    raw: `${rawTemplate}${withSize ? "size: {{.Size}}\n" : ""}`,
    fields: {
      ID: { heading: "CONTAINER ID", value: ({ Id }) => (truncates ? shortId(Id) : Id) },
      Names: { heading: "NAMES", value: (item) => names(item, truncates) },
      Image: { heading: "IMAGE", value: (item) => image(item, truncates) },
      Command: { heading: "COMMAND", value: ({ Command }) => JSON.stringify(truncates ? ellipsis(Command, 20) : Command) },
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => goTime(Created) },
      RunningFor: { heading: "CREATED", value: ({ Created }) => ago(Created) },
      Platform: { heading: "PLATFORM", value: () => null },
      Ports: { heading: "PORTS", value: ({ Ports }) => displayPorts(Ports) },
      State: { heading: "STATE", value: ({ State }) => State },
      Status: { heading: "STATUS", value: ({ Status }) => Status },
      Size: { heading: "SIZE", value: sizeText },
      Labels: { heading: "LABELS", value: ({ Labels }) => labelText(Labels) },
      Label: { heading: "", isLeftOut: true, value: ({ Labels }) => (name: string) => Labels[name] ?? "" },
      Mounts: { heading: "MOUNTS", value: (item) => mounts(item, truncates) },
      LocalVolumes: { heading: "LOCAL VOLUMES", value: ({ Mounts }) => String(Mounts.filter(({ Driver }) => Driver === "local").length) },
      Networks: { heading: "NETWORKS", value: ({ NetworkSettings }) => Object.keys(NetworkSettings.Networks).join(",") },
    },
  };
}

function names({ Names }: ContainerSummary, truncates: boolean): string {
  const plain = Names.map((name) => name.replace(/^\//, ""));
  return (truncates ? plain.filter((name) => !name.includes("/")) : plain).join(",");
}

function image({ Image, ImageID }: ContainerSummary, truncates: boolean): string {
  if (Image === "") return "<no image>";
  if (!truncates) return Image;
  if (Image === ImageID || Image === ImageID.replace(/^sha256:/, "")) return shortId(ImageID);
  const digest = Image.indexOf("@");
  return digest < 0 ? Image : Image.slice(0, digest);
}

function sizeText({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = formatDecimalSize(SizeRw);
  return SizeRootFs > 0 ? `${own} (virtual ${formatDecimalSize(SizeRootFs)})` : own;
}

function labelText(labels: Readonly<Record<string, string>> | null): string {
  return Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`).sort().join(",");
}

function mounts({ Mounts }: ContainerSummary, truncates: boolean): string {
  return Mounts.map(({ Name, Source }) => {
    const name = Name === undefined || Name === "" ? Source : Name;
    return truncates ? ellipsis(name, 15) : name;
  }).join(",");
}
