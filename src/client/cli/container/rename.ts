import { CommandFailure, type Command } from "../command/index.ts";
import { errorText } from "../output/index.ts";

export const renameCommand: Command = {
  usage: "CONTAINER NEW_NAME",
  arity: { least: 2, most: 2 },
  flags: [],
  async run({ engine, io }, { args }) {
    const [from = "", to = ""] = args.map((name) => name.trim());
    if (from === "" || to === "") throw new CommandFailure(1, "Error: Neither old nor new names may be empty");
    try {
      await engine.call("containerRename", { path: { id: from }, query: { name: to } });
    } catch (error) {
      await io.err.write(`${errorText(error)}\n`);
      throw new CommandFailure(1, `Error: failed to rename container named ${from}`, { cause: error });
    }
    return 0;
  },
};
