import type { Command } from "../command/index.ts";

const letters = ["C", "A", "D"] as const;

export const diffCommand: Command = {
  usage: "CONTAINER",
  arity: { least: 1, most: 1 },
  flags: [],
  async run({ engine, io }, { args }) {
    const [id = ""] = args;
    if (id === "") throw new Error("Container name cannot be empty");
    const changes = await engine.call("containerChanges", { path: { id } });
    await io.out.write((changes ?? []).map((change) => `${letters[change.Kind]} ${change.Path}\n`).join(""));
    return 0;
  },
};
