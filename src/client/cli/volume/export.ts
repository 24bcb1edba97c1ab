import { textFlag, type Command } from "../command/index.ts";
import { writeArchive } from "../output/index.ts";

export const exportCommand: Command = {
  usage: "[OPTIONS] VOLUME",
  arity: { least: 1, most: 1 },
  flags: [textFlag("output", "Write to a file, instead of STDOUT", { short: "o" })],
  async run({ engine, io }, { flags, args }) {
    const [name = ""] = args;
    await writeArchive(io, { output: flags.text("output"), failure: "failed to export volume", open: () => engine.bytes("volumeExport", { path: { name } }) });
    return 0;
  },
};
