import { CommandFailure, detachKeysFlag, switchFlag, textFlag, type Command, type CommandContext, type CommandInput } from "../command/index.ts";
import { errorText, reportEach } from "../output/index.ts";
import { followSize, forwardSignals, runSession } from "../stream/index.ts";
import { detachKeysOf } from "./detach-setting.ts";

export const startCommand: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: { least: 1 },
  flags: [
    switchFlag("attach", "Attach STDOUT/STDERR and forward signals", { short: "a" }),
    textFlag("checkpoint", "Restore from this checkpoint", { isHidden: true, needs: { isExperimental: true } }),
    textFlag("checkpoint-dir", "Use a custom checkpoint storage directory", { isHidden: true, needs: { isExperimental: true } }),
    detachKeysFlag,
    switchFlag("interactive", "Attach container's STDIN", { short: "i" }),
  ],
  async run(context, input) {
    const { flags, args } = input;
    if (flags.isOn("attach") || flags.isOn("interactive")) return await startAttached(context, input);
    const failed = await reportEach(context.io, args, {
      work: async (id) => {
        await context.engine.call("containerStart", { path: { id } }).catch(alreadyStarted);
        return id;
      },
    });
    if (failed.length > 0) throw new CommandFailure(1, `Error: failed to start containers: ${failed.join(", ")}`);
    return 0;
  },
};

function alreadyStarted(error: unknown): undefined {
  if (error instanceof Error && "kind" in error && error.kind === "already-done") return undefined;
  throw error;
}

async function startAttached(context: CommandContext, { flags, args }: CommandInput): Promise<number> {
  const { engine, io } = context;
  const [name = ""] = args;
  if (args.length > 1) throw new CommandFailure(1, "you cannot start and attach multiple containers at once");
  const { Id: id, Config, HostConfig } = await engine.call("containerInspect", { path: { id: name } });
  const stdin = flags.isOn("interactive") && Config.OpenStdin;
  const detachKeys = detachKeysOf(context, flags);
  const stream = await engine.hijack("containerAttach", {
    path: { id },
    query: { stream: true, stdin, stdout: true, stderr: true, ...(detachKeys === "" ? {} : { detachKeys }) },
  });
  const exit = await engine.begin("containerWait", { path: { id }, query: { condition: HostConfig.AutoRemove ? "removed" : "next-exit" } });
  using stack = new DisposableStack();
  if (!Config.Tty) stack.use(forwardSignals(context, id));
  const session = runSession(io, { stream, tty: Config.Tty, stdin, detachKeys });
  session.catch(() => undefined);
  try {
    await engine.call("containerStart", { path: { id } }).catch(alreadyStarted);
  } catch (error) {
    stream.connection.close();
    await io.err.write(`${errorText(error)}\n`);
    throw new CommandFailure(1, `Error: failed to start containers: ${name}`, { cause: error });
  }
  if (Config.Tty && io.out.isTerminal) stack.use(followSize(context, (query) => engine.call("containerResize", { path: { id }, query })));
  if (await session === "detached") return 0;
  return (await exit()).StatusCode;
}
