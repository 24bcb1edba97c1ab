import { CommandFailure, type Command } from "../command/index.ts";
import { completionScript } from "../completion/index.ts";

export const completionCommand: Command = {
  usage: "SHELL",
  arity: { least: 1, most: 1 },
  flags: [],
  details: "SHELL is bash, zsh or fish. For bash: source <(wharf completion bash)",
  async run({ io }, { args }) {
    const [shell = ""] = args;
    const script = completionScript(shell);
    if (script === undefined) throw new CommandFailure(1, `unknown shell: ${JSON.stringify(shell)}: must be bash, zsh or fish`);
    await io.out.write(script);
    return 0;
  },
};
