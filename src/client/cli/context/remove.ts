import { CommandFailure, switchFlag, type Command } from "../command/index.ts";
import { changeConfigFile } from "../config-file/index.ts";
import { defaultContext } from "../context-store/index.ts";
import { reportEach } from "../output/index.ts";
import { Contexts } from "./contexts.ts";

export const removeCommand: Command = {
  usage: "CONTEXT [CONTEXT...]",
  arity: { least: 1 },
  flags: [switchFlag("force", "Force the removal of a context in use", { short: "f" })],
  async run({ io, settings }, { flags, args }) {
    const contexts = new Contexts(settings);
    const { current } = contexts;
    const isForced = flags.isOn("force");
    const failed = await reportEach(io, args, {
      work: (name) => Promise.resolve().then(() => {
        const quoted = JSON.stringify(name);
        if (name === defaultContext) throw new CommandFailure(1, `context ${quoted} cannot be removed`);
        if (!isForced && !contexts.store.has(name)) throw new CommandFailure(1, `context ${quoted} does not exist`);
        if (!isForced && name === current) throw new CommandFailure(1, `context ${quoted} is in use, set -f flag to force remove`);
        if (settings.file()["currentContext"] === name) changeConfigFile(settings.folder, { currentContext: undefined });
        contexts.store.remove(name);
        return name;
      }),
    });
    return failed.length > 0 ? 1 : 0;
  },
};
