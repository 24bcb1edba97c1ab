import type { Command } from "../command/index.ts";
import { readInput } from "../output/index.ts";

export const importCommand: Command = {
  usage: "VOLUME file|-",
  arity: { least: 2, most: 2 },
  flags: [],
  async run({ engine, io }, { args }) {
    const [name = "", source = ""] = args;
    const { Name } = await engine.call("volumeImport", { path: { name }, body: source === "-" ? io.input.chunks() : readInput(source) });
    await io.out.write(`${Name}\n`);
    return 0;
  },
};
