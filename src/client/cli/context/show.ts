import type { Command } from "../command/index.ts";

export const showCommand: Command = {
  usage: "",
  arity: { least: 0, most: 0 },
  flags: [],
  async run({ io, settings }) {
    await io.out.write(`${settings.context()}\n`);
    return 0;
  },
};
