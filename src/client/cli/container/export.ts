import { textFlag, type Command } from "../command/index.ts";
import { writeArchive } from "../output/index.ts";

export const exportCommand: Command = {
  usage: "[OPTIONS] CONTAINER",
  arity: { least: 1, most: 1 },
  flags: [textFlag("output", "Write to a file, instead of STDOUT", { short: "o" })],
  async run({ engine, io }, { flags, args }) {
    const [id = ""] = args;
    await writeArchive(io, {
      output: flags.text("output"),
      failure: "failed to export container",
      open: () => engine.bytes("containerExport", { path: { id } }),
    });
    return 0;
  },
};
