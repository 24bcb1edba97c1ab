import type { ContainerLogsOptions } from "../../api/types/index.ts";
import type { DeliveryPlan } from "./delivery-plan.ts";
import type { JournalSource } from "./journal-entry.ts";

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

/** How large a log may become. */
export interface LogLimits {
  /** Bytes of one piece; infinite where nothing is rotated. */
  readonly maxSize: number;
  /** How many pieces are kept, the one that is written among them. */
  readonly maxFiles: number;
  /** Whether the others are compressed. */
  readonly compress: boolean;
}

/** A log while conmon writes it. */
export interface KeptLog {
  readonly path: string;
  readonly limits: LogLimits;
  /** Resolves when conmon has ended. */
  readonly ended: Promise<void>;
  /** Has conmon put a new file in the place of this one. Where conmon has ended nothing happens. */
  reopen(): void;
  /** Resolves when conmon has nothing to do any more that an engine before this one told it. */
  settleCommands(): Promise<void>;
}

/** What HostConfig.LogConfig comes to. */
export interface LogPolicy {
  readonly driver: "json-file" | "local" | "none" | "syslog" | "journald";
  /** Whether conmon writes a file. */
  readonly writes: boolean;
  readonly limits: LogLimits;
  /** What each line is tagged with (`labels`, `labels-regex`, `env`, `env-regex`, `tag`), for `logs --details`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether what is kept may be read; what is sent elsewhere need not be (`cache-disabled`). */
  readonly isReadable: boolean;
  /** Where the log is sent as well. */
  readonly delivery?: DeliveryPlan;
  /** What it is sent under: docker's short id, unless `tag` says otherwise. */
  readonly tag: string;
}

/** A log that is sent elsewhere while conmon writes it, and until all of it is sent. */
export interface DeliveredLog {
  readonly path: string;
  readonly plan: DeliveryPlan;
  readonly source: JournalSource;
  /** Resolves when conmon has ended. */
  readonly ended: Promise<void>;
}

/** What holds for containers that say nothing about their log (`--log-driver`, `--log-opt` of the daemon). */
export interface LogDefaults {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}
