import { EngineError } from "../../base/index.ts";
import type { EngineClient } from "./client.ts";
import { splitFrames, type OutputPart } from "./output-frames.ts";

export interface ExecuteOptions {
  readonly command: readonly string[];
  readonly environment?: readonly string[];
  readonly user?: string;
  readonly workingDirectory?: string;
  /** Sent to the program's standard input, which then ends; absent: it has none. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** A program that runs in a container, beside the container's own. */
export interface Execution {
  readonly id: string;
  /** Its output as it comes; read it to the end before asking for the exit code. */
  readonly output: AsyncIterable<OutputPart>;
  /** @throws EngineError where it still runs. */
  exitCode(): Promise<number>;
}

/**
 * Runs a program in a running container (`docker exec` without a terminal). Aborting ends the connection and not the
 * program.
 * @throws EngineError `not-found` for the container, `conflict` for one that does not run.
 */
export async function execute(engine: EngineClient, container: string, options: ExecuteOptions): Promise<Execution> {
  const { command, environment = [], user = "", workingDirectory = "", input, signal } = options;
  const aborts = signal === undefined ? {} : { signal };
  const { Id: id } = await engine.call("execCreate", {
    path: { id: container }, ...aborts,
    body: { Cmd: command, Env: environment, User: user, WorkingDir: workingDirectory, AttachStdin: input !== undefined, AttachStdout: true, AttachStderr: true },
  });
  const stream = await engine.hijack("execStart", { path: { id }, ...aborts, body: { Detach: false, Tty: false } });
  const sent = input === undefined ? Promise.resolve() : send(input, stream.connection);
  // A program that reads no more is no failure: its output and its exit code tell how it ends.
  sent.catch(() => undefined);
  return { id, output: splitFrames(stream.output), exitCode: () => exitCodeOf(engine, id) };
}

async function send(input: AsyncIterable<Uint8Array>, connection: { write: (bytes: Uint8Array) => Promise<void>; endWriting: () => void }): Promise<void> {
  for await (const bytes of input) await connection.write(bytes);
  connection.endWriting();
}

async function exitCodeOf(engine: EngineClient, id: string): Promise<number> {
  const { Running, ExitCode } = await engine.call("execInspect", { path: { id } });
  if (Running || ExitCode === null) throw new EngineError("conflict", `exec ${id} still runs`, { hint: "read its output to the end first" });
  return ExitCode;
}
