import { CommandFailure, platformFlag, platformOf, switchFlag, textFlag, type Command } from "../command/index.ts";
import { readInput, showProgress } from "../output/index.ts";

export const loadCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    textFlag("input", "Read from tar archive file, instead of STDIN", { short: "i" }),
    platformFlag(48),
    switchFlag("quiet", "Suppress the load output", { short: "q" }),
  ],
  async run({ engine, io }, { flags }) {
    const input = flags.text("input");
    if (input === "" && io.input.isTerminal) throw new CommandFailure(1, "requested load from stdin, but stdin is empty");
    const platform = platformOf(flags.text("platform"));
    // Without a terminal there is nothing to draw bars on; the engine need not send them.
    const isQuiet = flags.isOn("quiet") || !io.out.isTerminal;
    const messages = await engine.lines("imageLoad", {
      query: { quiet: isQuiet, ...(platform === undefined ? {} : { platform }) },
      body: input === "" ? io.input.chunks() : readInput(input),
    });
    await showProgress(io.out, messages, { isQuiet });
    return 0;
  },
};
