import { switchFlag, type Command } from "../command/index.ts";

export const disconnectCommand: Command = {
  usage: "[OPTIONS] NETWORK CONTAINER",
  arity: { least: 2, most: 2 },
  flags: [switchFlag("force", "Force the container to disconnect from a network", { short: "f" })],
  async run({ engine }, { flags, args }) {
    const [network = "", container = ""] = args;
    await engine.call("networkDisconnect", { path: { id: network }, body: { Container: container, Force: flags.isOn("force") } });
    return 0;
  },
};
