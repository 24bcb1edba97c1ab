import { switchFlag, type Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const removeCommand: Command = {
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  arity: { least: 1 },
  flags: [switchFlag("force", "Force the removal of one or more volumes", { short: "f" })],
  async run({ engine, io }, { flags, args }) {
    const failed = await reportEach(io, args, {
      work: async (name) => {
        await engine.call("volumeDelete", { path: { name }, query: { force: flags.isOn("force") } });
        return name;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};
