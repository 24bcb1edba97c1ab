import { isEngineError } from "../../../base/index.ts";
import { switchFlag, type Command } from "../command/index.ts";
import { reportEach } from "../output/index.ts";

export const removeCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [
    switchFlag("force", "Force the removal of a running container (uses SIGKILL)", { short: "f" }),
    switchFlag("link", "Remove the specified link", { short: "l" }),
    switchFlag("volumes", "Remove anonymous volumes associated with the container", { short: "v" }),
  ],
  async run({ engine, io }, { flags, args }) {
    const force = flags.isOn("force");
    const query = { force, link: flags.isOn("link"), v: flags.isOn("volumes") };
    const failed = await reportEach(io, args, {
      isParallel: true,
      work: async (written) => {
        const id = written.replace(/^\/+|\/+$/g, "");
        if (id === "") throw new Error("container name cannot be empty");
        try {
          await engine.call("containerDelete", { path: { id }, query });
        } catch (error) {
          // With --force, what is not there is removed already; docker reports it and is content.
          if (!force || !isEngineError(error, "not-found")) throw error;
          await io.err.write(`Error response from daemon: ${error.message}\n`);
          return "";
        }
        return written;
      },
    });
    return failed.length > 0 ? 1 : 0;
  },
};
