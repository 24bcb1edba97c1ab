import type { CommandContext, Stdio } from "./command/index.ts";

/** One call of the program. */
export interface CommandLine {
  /** Without the program's own name. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly io: Stdio;
  readonly onSignals: CommandContext["onSignals"];
  /** The command that runs this program again, for an engine in the background. */
  readonly self: readonly string[];
}
