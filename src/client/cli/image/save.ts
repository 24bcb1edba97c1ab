import { platformFlag, platformOf, textFlag, type Command } from "../command/index.ts";
import { writeArchive } from "../output/index.ts";

export const saveCommand: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: { least: 1 },
  flags: [textFlag("output", "Write to a file, instead of STDOUT", { short: "o" }), platformFlag(48)],
  async run({ engine, io }, { flags, args }) {
    const platform = platformOf(flags.text("platform"));
    await writeArchive(io, {
      output: flags.text("output"),
      failure: "failed to save image",
      open: () => engine.bytes("imageGetAll", { query: { names: args, ...(platform === undefined ? {} : { platform }) } }),
    });
    return 0;
  },
};
