import { CommandFailure, type Command } from "../command/index.ts";
import { checkContextName } from "../context-store/index.ts";
import { readInput } from "../output/index.ts";
import { readContextArchive } from "./context-archive.ts";
import { Contexts } from "./contexts.ts";

export const importCommand: Command = {
  usage: "CONTEXT FILE|-",
  arity: { least: 2, most: 2 },
  flags: [],
  async run({ io, settings }, { args }) {
    const [name = "", input = ""] = args;
    const { store } = new Contexts(settings);
    checkContextName(name);
    if (store.has(name)) throw new CommandFailure(1, `context ${JSON.stringify(name)} already exists`);
    const { context, tls } = await readContextArchive(input === "-" ? io.input.chunks() : readInput(input), name);
    store.write(context, tls);
    await io.out.write(`${name}\n`);
    await io.err.write(`Successfully imported context ${JSON.stringify(name)}\n`);
    return 0;
  },
};
