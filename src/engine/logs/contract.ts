import type { ContainerLogsOptions } from "../../api/types/index.ts";

/** A container's log as far as it is read. */
export interface LogRequest {
  /** conmon's file; it need not be there yet. */
  readonly file: string;
  readonly tty: boolean;
  readonly options: ContainerLogsOptions;
  /** For `details`: see {@link LogPolicy.attributes}. */
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Resolves when nothing is logged any more, because conmon has ended. Undefined: it has ended already, and following
   * ends with what is there.
   */
  readonly ended: Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/** What HostConfig.LogConfig comes to. */
export interface LogPolicy {
  readonly driver: "json-file" | "local" | "none";
  /** Whether conmon writes a file. */
  readonly writes: boolean;
  /** What each line is tagged with (`labels`, `labels-regex`, `env`, `env-regex`, `tag`), for `logs --details`. */
  readonly attributes: Readonly<Record<string, string>>;
}
