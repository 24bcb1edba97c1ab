import type { Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";
import { stopCommand, stopQuery } from "./stop.ts";

export const restartCommand: Command = {
  usage: stopCommand.usage,
  arity: { least: 1 },
  flags: stopCommand.flags,
  async run({ engine, io }, { flags, args }) {
    const query = stopQuery(flags);
    const failed = await reportEach(io, args, {
      work: async (id) => {
        await engine.call("containerRestart", { path: { id }, query });
        return id;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};
