import { documentFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { writeInspection } from "../output/index.ts";

export const inspectCommand: Command = {
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  arity: { least: 1 },
  flags: [documentFormatFlag, switchFlag("verbose", "Verbose output for diagnostics", { short: "v" })],
  async run({ engine, io }, { flags, args }) {
    const verbose = flags.isOn("verbose");
    return await writeInspection(io, {
      names: args,
      format: flags.text("format"),
      fetch: (id) => engine.call("networkInspect", { path: { id }, query: { verbose } }),
    });
  },
};
