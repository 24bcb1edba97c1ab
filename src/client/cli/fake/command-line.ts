import type { Stdio } from "../command/index.ts";
import { runCommandLine } from "../index.ts";

/** What a command line did. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface LineOptions {
  /** As DOCKER_HOST. */
  readonly host?: string;
  /** For its standard input. */
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Its outputs are a terminal of so many columns. */
  readonly columns?: number;
}

/** Runs a command line within this process, without the user's own configuration. */
export async function wharf(words: readonly string[], options: LineOptions = {}): Promise<Outcome> {
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err"): Stdio["out"] => ({
    isTerminal: options.columns !== undefined,
    hasColour: options.columns !== undefined && options.environment?.["NO_COLOR"] === undefined,
    size: () => ({ columns: options.columns ?? 80, rows: 24 }),
    write: (data) => {
      written[name] += typeof data === "string" ? data : Buffer.from(data).toString();
      return Promise.resolve();
    },
  });
  const io: Stdio = {
    out: stream("out"), err: stream("err"),
    input: { isTerminal: false, makeRaw: () => () => undefined, chunks: () => chunks(options.input ?? "") },
  };
  const code = await runCommandLine({
    words, io, self: ["false"],
    environment: { HOME: "/nonexistent", ...(options.host === undefined ? {} : { DOCKER_HOST: options.host }), ...options.environment },
    onSignals: () => ({ [Symbol.dispose]: () => undefined }),
  });
  return { code, ...written };
}

async function* chunks(text: string | Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (text.length > 0) yield await Promise.resolve(Buffer.from(text));
}
