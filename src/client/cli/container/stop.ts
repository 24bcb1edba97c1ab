import { isEngineError } from "../../../base/index.ts";
import { integerFlag, textFlag, type Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const stopCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [
    textFlag("signal", "Signal to send to the container", { short: "s", needs: { api: 42 } }),
    integerFlag("timeout", "Seconds to wait before killing the container", { short: "t" }),
    integerFlag("time", "Seconds to wait before killing the container", { isHidden: true, replacedBy: "timeout" }),
  ],
  async run({ engine, io }, { flags, args }) {
    const query = stopQuery(flags);
    const failed = await reportEach(io, args, {
      isParallel: true,
      work: async (id) => {
        try {
          await engine.call("containerStop", { path: { id }, query });
        } catch (error) {
          if (!isEngineError(error, "already-done")) throw error;
        }
        return id;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};

/** The signal and the patience of `stop` and `restart`. */
export function stopQuery(flags: { readonly text: (name: string) => string; readonly number: (name: string) => number; readonly isGiven: (name: string) => boolean }): { readonly signal?: string; readonly t?: number } {
  const timeout = flags.isGiven("timeout") ? "timeout" : flags.isGiven("time") ? "time" : undefined;
  const signal = flags.text("signal");
  return { ...(signal === "" ? {} : { signal }), ...(timeout === undefined ? {} : { t: flags.number(timeout) }) };
}
