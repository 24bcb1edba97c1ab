import type { Command } from "../command/index.ts";

/** What completion knows commands and things of the engine by. */
export interface CompletionSource {
  /** Every path of every command, such as "container ls" and "ps". */
  readonly paths: readonly string[];
  readonly load: (path: string) => Promise<Command | undefined>;
  readonly containers: (all: boolean) => Promise<readonly string[]>;
  readonly images: () => Promise<readonly string[]>;
  readonly volumes: () => Promise<readonly string[]>;
  readonly networks: () => Promise<readonly string[]>;
  readonly contexts: () => Promise<readonly string[]>;
}
