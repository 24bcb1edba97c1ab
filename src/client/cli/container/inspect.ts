import { documentFormatFlag, switchFlag, type Command } from "../command/index.ts";
import { writeInspection } from "../output/index.ts";

export const inspectCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [documentFormatFlag, switchFlag("size", "Display total file sizes", { short: "s" })],
  async run({ engine, io }, { flags, args }) {
    const size = flags.isOn("size");
    return await writeInspection(io, {
      names: args,
      format: flags.text("format"),
      fetch: (id) => engine.call("containerInspect", { path: { id }, query: { size } }),
    });
  },
};
