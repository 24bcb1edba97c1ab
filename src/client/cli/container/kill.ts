import { textFlag, type Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const killCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [textFlag("signal", "Signal to send to the container", { short: "s" })],
  async run({ engine, io }, { flags, args }) {
    const signal = flags.text("signal");
    const failed = await reportEach(io, args, {
      isParallel: true,
      work: async (id) => {
        await engine.call("containerKill", { path: { id }, query: signal === "" ? {} : { signal } });
        return id;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};
