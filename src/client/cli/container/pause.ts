import type { Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const pauseCommand = makeCommand("containerPause");
export const unpauseCommand = makeCommand("containerUnpause");

function makeCommand(operation: "containerPause" | "containerUnpause"): Command {
  return {
    usage: "CONTAINER [CONTAINER...]",
    arity: { least: 1 },
    flags: [],
    async run({ engine, io }, { args }) {
      const failed = await reportEach(io, args, {
        isParallel: true,
        work: async (id) => {
          await engine.call(operation, { path: { id } });
          return id;
        },
      });
      return failed.length > 0 ? 1 : 0;
    },
  };
}
