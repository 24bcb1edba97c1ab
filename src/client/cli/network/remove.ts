import { isEngineError } from "../../../base/index.ts";
import { CommandFailure, switchFlag, type Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const removeCommand: Command = {
  usage: "NETWORK [NETWORK...]",
  arity: { least: 1 },
  flags: [switchFlag("force", "Do not error if the network does not exist", { short: "f" })],
  async run({ engine, io }, { flags, args }) {
    const failed = await reportEach(io, args, {
      work: async (id) => {
        try {
          await engine.call("networkDelete", { path: { id } });
        } catch (error) {
          if (flags.isOn("force") && isEngineError(error, "not-found")) return "";
          throw error;
        }
        return id;
      },
    });
    // docker says so, below the reasons.
    if (failed.length > 0) throw new CommandFailure(1, "exit status 1");
    return 0;
  },
};
