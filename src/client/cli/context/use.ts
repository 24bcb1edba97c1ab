import type { Command } from "../command/index.ts";
import { changeConfigFile } from "../config-file/index.ts";
import { checkContextName, defaultContext } from "../context-store/index.ts";
import { hostVariable } from "../host/index.ts";
import { Contexts } from "./contexts.ts";
import { overrideWarning } from "./override-warning.ts";

export const useCommand: Command = {
  usage: "CONTEXT",
  arity: { least: 1, most: 1 },
  flags: [],
  async run({ io, settings }, { args }) {
    const [name = ""] = args;
    if (name !== defaultContext) {
      checkContextName(name);
      new Contexts(settings).store.read(name);
    }
    changeConfigFile(settings.folder, { currentContext: name === defaultContext ? undefined : name });
    await io.out.write(`${name}\n`);
    await io.err.write(`Current context is now ${JSON.stringify(name)}\n`);
    const variable = hostVariable(settings.environment);
    if (name !== defaultContext && variable !== undefined) await io.err.write(overrideWarning(variable, JSON.stringify(name)));
    return 0;
  },
};
