import type { Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const waitCommand: Command = {
  usage: "CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [],
  async run({ engine, io }, { args }) {
    const failed = await reportEach(io, args, {
      work: async (id) => {
        const { StatusCode, Error: problem } = await engine.call("containerWait", { path: { id } });
        const message = problem?.Message ?? "";
        if (message !== "") throw new Error(message);
        return String(StatusCode);
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};
