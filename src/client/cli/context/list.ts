import { listFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { engineEndpoint } from "../context-store/index.ts";
import { hostVariable } from "../host/index.ts";
import { ellipsis, errorText, writeList, type ListFormat } from "../output/index.ts";
import { Contexts } from "./contexts.ts";
import { overrideWarning } from "./override-warning.ts";

interface ContextRow {
  readonly name: string;
  readonly description: string;
  readonly host: string;
  readonly isCurrent: boolean;
  readonly error: string;
}

const longestError = 45;
const table = "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";

export const listCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [listFormatFlag, switchFlag("quiet", "Only show context names", { short: "q" })],
  async run({ io, settings }, { flags }) {
    const contexts = new Contexts(settings);
    const format = flags.text("format");
    const isQuiet = flags.isOn("quiet");
    await writeList(io.out, {
      items: rowsOf(contexts),
      format: contextFormat,
      options: isQuiet ? { format: "", quietField: "Name" } : { format: format === "" || format === "table" ? table : format },
    });
    const variable = hostVariable(settings.environment);
    if (variable !== undefined) await io.err.write(overrideWarning(variable, "a context"));
    return 0;
  },
};

/** Every context, the one in use also where it is gone. */
function rowsOf(contexts: Contexts): readonly ContextRow[] {
  const { current } = contexts;
  const rows = contexts.list().map((context): ContextRow => ({
    name: context.Name, description: contexts.describe(context), host: engineEndpoint(context).Host ?? "", isCurrent: context.Name === current, error: "",
  }));
  if (rows.some(({ isCurrent }) => isCurrent)) return rows;
  let error = "";
  try {
    contexts.read(current);
  } catch (problem) {
    error = errorText(problem);
  }
  return [...rows, { name: current, description: "", host: "", isCurrent: true, error }].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

const contextFormat: ListFormat<ContextRow> = {
  typeName: "*formatter.clientContextContext",
  columns: ["Name", "Description", "DockerEndpoint", "Error"],
  fields: {
    Current: { heading: "", value: ({ isCurrent }) => isCurrent },
    Description: { heading: "DESCRIPTION", value: ({ description }) => description },
    DockerEndpoint: { heading: "DOCKER ENDPOINT", value: ({ host }) => host },
    Error: { heading: "ERROR", value: ({ error }) => ellipsis(error, longestError) },
    Name: { heading: "NAME", value: ({ name }) => name },
  },
};
