import { CommandFailure, detachKeysFlag, listFlag, switchFlag, textFlag, type Command, type CommandContext, type FlagValues } from "../command/index.ts";
import { followSize, runSession } from "../stream/index.ts";
import { environmentOf } from "./environment.ts";
import { checkTerminal, detachKeysOf } from "./detach-setting.ts";

export const execCommand: Command = {
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  arity: { least: 2 },
  isInterspersed: false,
  flags: [
    switchFlag("detach", "Detached mode: run command in the background", { short: "d" }),
    detachKeysFlag,
    listFlag("env", "Set environment variables", { short: "e" }),
    listFlag("env-file", "Read in a file of environment variables"),
    switchFlag("interactive", "Keep STDIN open even if not attached", { short: "i" }),
    switchFlag("privileged", "Give extended privileges to the command"),
    switchFlag("tty", "Allocate a pseudo-TTY", { short: "t" }),
    textFlag("user", 'Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
    textFlag("workdir", "Working directory inside the container", { short: "w" }),
  ],
  async run(context, { flags, args }) {
    const { engine, io } = context;
    const [container = "", ...command] = args;
    const tty = flags.isOn("tty");
    const detach = flags.isOn("detach");
    const stdin = flags.isOn("interactive") && !detach;
    const detachKeys = detachKeysOf(context, flags);
    if (tty && stdin && !io.input.isTerminal) {
      // A container that is not there is the more telling error.
      await engine.call("containerInspect", { path: { id: container } });
      checkTerminal(context, { tty, stdin });
    }
    const size = tty && io.out.isTerminal ? io.out.size() : undefined;
    const consoleSize = size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] as const };
    const { Id: id } = await engine.call("execCreate", {
      path: { id: container },
      body: {
        User: flags.text("user"), Privileged: flags.isOn("privileged"), Tty: tty, ...consoleSize,
        AttachStdin: stdin, AttachStdout: !detach, AttachStderr: !detach, DetachKeys: detachKeys,
        Env: await environment(context, flags), WorkingDir: flags.text("workdir"), Cmd: command,
      },
    });
    if (id === "") throw new CommandFailure(1, "exec ID empty");
    if (detach) {
      await engine.call("execStart", { path: { id }, body: { Detach: true, Tty: tty, ...consoleSize } });
      return 0;
    }
    const stream = await engine.hijack("execStart", { path: { id }, body: { Detach: false, Tty: tty, ...consoleSize } });
    using stack = new DisposableStack();
    if (size !== undefined) stack.use(followSize(context, (query) => engine.call("execResize", { path: { id }, query })));
    if (await runSession(io, { stream, tty, stdin, detachKeys }) === "detached") throw new CommandFailure(1, "read escape sequence");
    const { Running, ExitCode } = await engine.call("execInspect", { path: { id } });
    return Running ? 0 : ExitCode ?? 0;
  },
};

async function environment({ settings }: CommandContext, flags: FlagValues): Promise<readonly string[]> {
  return await environmentOf({ files: flags.list("env-file"), values: flags.list("env"), environment: settings.environment });
}
