import { CommandFailure, listFlag, textFlag, type Command } from "../command/index.ts";
import { clusterFlags, clusterSpecOf } from "./cluster-flags.ts";
import { labelFlag, labelsOf, mapOf } from "./labels.ts";

export const createCommand: Command = {
  usage: "[OPTIONS] [VOLUME]",
  arity: { least: 0, most: 1 },
  flags: [
    textFlag("driver", "Specify volume driver name", { short: "d", absent: "local" }),
    labelFlag,
    textFlag("name", "Name of the volume", { isHidden: true }),
    listFlag("opt", "Set driver specific options", { short: "o", type: "map" }),
    ...clusterFlags,
  ],
  async run({ engine, io }, { flags, args }) {
    const named = flags.text("name");
    if (named !== "" && args.length > 0) throw new CommandFailure(1, "conflicting options: cannot specify a volume-name through both --name and as a positional arg");
    const cluster = clusterSpecOf(flags);
    const { Name } = await engine.call("volumeCreate", {
      body: {
        Name: args[0] ?? named, Driver: flags.text("driver"),
        DriverOpts: mapOf(flags.list("opt")), Labels: labelsOf(flags),
        ...(cluster === undefined ? {} : { ClusterVolumeSpec: cluster }),
      },
    });
    await io.out.write(`${Name}\n`);
    return 0;
  },
};
