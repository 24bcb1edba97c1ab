import { switchFlag, textFlag, type Command } from "../command/index.ts";
import { timestampOf } from "../output/index.ts";
import { copyOutput } from "../stream/index.ts";

export const logsCommand: Command = {
  usage: "[OPTIONS] CONTAINER",
  arity: { least: 1, most: 1 },
  flags: [
    switchFlag("details", "Show extra details provided to logs"),
    switchFlag("follow", "Follow log output", { short: "f" }),
    textFlag("since", 'Show logs since a time (such as "2013-01-02T13:23:37Z") or for a duration (such as "42m")'),
    textFlag("tail", "Number of lines to show from the end of the logs", { short: "n", absent: "all" }),
    switchFlag("timestamps", "Show timestamps", { short: "t" }),
    textFlag("until", 'Show logs before a time (such as "2013-01-02T13:23:37Z") or a duration (such as "42m")'),
  ],
  async run({ engine, io }, { flags, args }) {
    const [id = ""] = args;
    const { Id, Config } = await engine.call("containerInspect", { path: { id } });
    const since = timestampOf(flags.text("since"), "since");
    const until = timestampOf(flags.text("until"), "until");
    const tail = flags.text("tail");
    const output = await engine.bytes("containerLogs", {
      path: { id: Id },
      query: {
        stdout: true, stderr: true, follow: flags.isOn("follow"), timestamps: flags.isOn("timestamps"), details: flags.isOn("details"),
        ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }),
        ...(/^\d+$/.test(tail) ? { tail: Number(tail) } : {}),
      },
    });
    await copyOutput(io, output, Config.Tty);
    return 0;
  },
};
