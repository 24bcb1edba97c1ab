import type { ContainerCreateBody } from "../../../api/types/index.ts";
import type { Given } from "../../../api/operations/index.ts";
import { isEngineAnswer } from "../../sdk/index.ts";
import { CommandFailure, detachKeysFlag, switchFlag, type Command, type CommandContext, type FlagValues } from "../command/index.ts";
import { errorText } from "../output/index.ts";
import { followSize, forwardSignals, runSession } from "../stream/index.ts";
import { createFlags } from "./create-flags.ts";
import { createBody } from "./create-request.ts";
import { checkTerminal, detachKeysOf } from "./detach-setting.ts";
import { newContainer } from "./new-container.ts";

export const runCommand: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arity: { least: 1 },
  isInterspersed: false,
  flags: [
    ...createFlags,
    switchFlag("detach", "Run container in background and print container ID", { short: "d" }),
    detachKeysFlag,
    switchFlag("sig-proxy", "Proxy received signals to the process", { isOn: true }),
  ],
  async run(context, { flags, args }) {
    const [image = "", ...command] = args;
    const isDetached = flags.isOn("detach");
    if (isDetached && flags.list("attach").length > 0) throw new CommandFailure(1, "conflicting options: cannot specify both --attach and --detach");
    try {
      const body = await createBody(context, flags, { image, command, isDetached });
      if (!isDetached) checkTerminal(context, { tty: body.Tty === true, stdin: body.AttachStdin === true });
      const { id } = await newContainer(context, flags, body);
      return isDetached ? await startDetached(context, id) : await runAttached(context, flags, { id, body });
    } catch (error) {
      throw blamed(error);
    }
  },
};

/** What the engine refuses ends `run` with 125, in front of whatever code the program might have. */
function blamed(error: unknown): unknown {
  if (error instanceof CommandFailure || !(error instanceof Error) || !("kind" in error)) return error;
  return new CommandFailure(125, errorText(error), { isBlamed: true, cause: error });
}

async function startDetached(context: CommandContext, id: string): Promise<number> {
  await start(context, id);
  await context.io.out.write(`${id}\n`);
  return 0;
}

async function start(context: CommandContext, id: string): Promise<void> {
  try {
    await context.engine.call("containerStart", { path: { id } });
  } catch (error) {
    throw new CommandFailure(startExitCode(error), errorText(error), { isBlamed: true, cause: error });
  }
}

/** docker's reading of why a program did not start: 127 not found, 126 not executable, 125 anything else. */
function startExitCode(error: unknown): number {
  if (!isEngineAnswer(error)) return 125;
  if (/executable file not found|no such file or directory|system cannot find the file specified/.test(error.message)) return 127;
  return /permission denied|is a directory/.test(error.message) ? 126 : 125;
}

async function runAttached(context: CommandContext, flags: FlagValues, container: { readonly id: string; readonly body: Given<ContainerCreateBody> }): Promise<number> {
  const { engine, io } = context;
  const { id, body } = container;
  const tty = body.Tty === true;
  const stdin = body.AttachStdin === true;
  const detachKeys = detachKeysOf(context, flags);
  const attaches = stdin || body.AttachStdout === true || body.AttachStderr === true;
  using stack = new DisposableStack();
  if (flags.isOn("sig-proxy") && !tty) stack.use(forwardSignals(context, id));
  // Both are registered before the start, so that neither output nor exit is missed; neither waits for the other.
  const [stream, exit] = await Promise.all([
    attaches ? engine.hijack("containerAttach", {
      path: { id },
      query: { stream: true, stdin, stdout: body.AttachStdout === true, stderr: body.AttachStderr === true, ...(detachKeys === "" ? {} : { detachKeys }) },
    }) : undefined,
    engine.begin("containerWait", { path: { id }, query: { condition: flags.isOn("rm") ? "removed" : "next-exit" } }),
  ]);
  const session = stream === undefined ? undefined : runSession(io, { stream, tty, stdin, detachKeys });
  // It may fail while the start is awaited; it is looked at after that.
  session?.catch(() => undefined);
  try {
    await start(context, id);
  } catch (error) {
    stream?.connection.close();
    // The engine removes a container of --rm that could not start; docker waits for that too.
    if (flags.isOn("rm")) await exit().catch(() => undefined);
    throw error;
  }
  if (tty && io.out.isTerminal) stack.use(followSize(context, (query) => engine.call("containerResize", { path: { id }, query })));
  if (session !== undefined && await session === "detached") return 0;
  const { StatusCode, Error: problem } = await exit();
  // dockerd sends null where there is no error.
  const message = problem?.Message ?? "";
  if (message !== "") throw new CommandFailure(125, message, { isBlamed: true });
  return StatusCode;
}
