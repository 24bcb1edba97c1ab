import { labelFlag, labelsOf } from "./labels.ts";
import type { Command } from "../command/index.ts";

export const cloneCommand: Command = {
  usage: "[OPTIONS] VOLUME [NEW_VOLUME]",
  arity: { least: 1, most: 2 },
  flags: [labelFlag],
  async run({ engine, io }, { flags, args }) {
    const [name = "", clone = ""] = args;
    const { Name } = await engine.call("volumeClone", { path: { name }, body: { Name: clone, Labels: labelsOf(flags) } });
    await io.out.write(`${Name}\n`);
    return 0;
  },
};
