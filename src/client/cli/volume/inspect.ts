import { documentFormatFlag, type Command } from "../command/index.ts";
import { writeInspection } from "../output/index.ts";

export const inspectCommand: Command = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  arity: { least: 1 },
  flags: [documentFormatFlag],
  async run({ engine, io }, { flags, args }) {
    return await writeInspection(io, {
      names: args,
      format: flags.text("format"),
      fetch: (name) => engine.call("volumeInspect", { path: { name } }),
    });
  },
};
