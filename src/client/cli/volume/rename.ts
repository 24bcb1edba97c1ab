import type { Command } from "../command/index.ts";

export const renameCommand: Command = {
  usage: "VOLUME NEW_NAME",
  arity: { least: 2, most: 2 },
  flags: [],
  async run({ engine }, { args }) {
    const [volume = "", name = ""] = args;
    await engine.call("volumeRename", { path: { name: volume }, query: { name } });
    return 0;
  },
};
