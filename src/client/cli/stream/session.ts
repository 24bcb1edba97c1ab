import { splitFrames, type HijackedStream } from "../../sdk/index.ts";
import type { InputStream, Stdio } from "../command/index.ts";
import { DetachWatcher, parseDetachKeys } from "./detach-keys.ts";

export interface SessionOptions {
  readonly stream: HijackedStream;
  readonly tty: boolean;
  /** Whether what is typed here goes to the program. */
  readonly stdin: boolean;
  readonly detachKeys: string;
}

export type SessionEnd = "ended" | "detached";

/**
 * Connects the standard streams with a program's until its output ends or the detach keys are typed. The end of the
 * input closes that half only: the program may go on writing.
 */
export async function runSession(io: Stdio, options: SessionOptions): Promise<SessionEnd> {
  const { stream, tty, stdin, detachKeys } = options;
  const restore = stdin && tty && io.input.isTerminal ? io.input.makeRaw() : undefined;
  try {
    const output = copyOutput(io, stream, tty).then((): SessionEnd => "ended");
    if (!stdin) return await output;
    const watcher = tty ? new DetachWatcher(parseDetachKeys(detachKeys)) : undefined;
    const detached = Promise.withResolvers<SessionEnd>();
    // A program that reads no more is no failure of the command: its output tells how it ends.
    copyInput(io.input, stream, watcher).then((end) => { if (end === "detached") detached.resolve(end); }, () => undefined);
    return await Promise.race([output, detached.promise]);
  } finally {
    restore?.();
    stream.connection.close();
  }
}

/** Writes a program's output where it belongs; a terminal's is all one stream. */
export async function copyOutput(io: Stdio, stream: Pick<HijackedStream, "output">, tty: boolean): Promise<void> {
  if (tty) {
    for await (const bytes of stream.output) await io.out.write(bytes);
    return;
  }
  for await (const part of splitFrames(stream.output)) await (part.stream === "stdout" ? io.out : io.err).write(part.bytes);
}

async function copyInput(input: InputStream, stream: HijackedStream, watcher: DetachWatcher | undefined): Promise<SessionEnd> {
  for await (const typed of input.chunks()) {
    const { bytes, detached } = watcher?.pass(typed) ?? { bytes: typed, detached: false };
    if (bytes.length > 0) await stream.connection.write(bytes);
    if (detached) return "detached";
  }
  stream.connection.endWriting();
  return "ended";
}
