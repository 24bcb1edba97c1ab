import { documentFormatFlag, platformFlag, platformOf, type Command } from "../command/index.ts";
import { writeInspection } from "../output/index.ts";

export const inspectCommand: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: { least: 1 },
  flags: [documentFormatFlag, platformFlag(49)],
  async run({ engine, io }, { flags, args }) {
    const platform = platformOf(flags.text("platform"));
    return await writeInspection(io, {
      names: args,
      format: flags.text("format"),
      fetch: (name) => engine.call("imageInspect", { path: { name }, query: platform === undefined ? {} : { platform } }),
    });
  },
};
