import type { ContainerConfig } from "./container-config.ts";

/** A decoded and validated `filters` parameter: known names only, each with the values asked for (any of them matches). */
export type Filters<Name extends string> = ReadonlyMap<Name, readonly string[]>;

export type ContainerFilter =
  | "ancestor" | "before" | "expose" | "exited" | "health" | "id" | "is-task" | "isolation" | "label" | "name" | "network"
  | "publish" | "since" | "status" | "volume";
export type ImageFilter = "before" | "dangling" | "label" | "reference" | "since" | "until";
export type VolumeFilter = "dangling" | "driver" | "label" | "name";
export type NetworkFilter = "dangling" | "driver" | "id" | "label" | "name" | "scope" | "type";
export type EventFilter =
  | "builder" | "config" | "container" | "daemon" | "event" | "image" | "label" | "network" | "node" | "plugin" | "scope" | "secret"
  | "service" | "type" | "volume";
export type ContainerPruneFilter = "label" | "label!" | "until";
export type ImagePruneFilter = "dangling" | "label" | "label!" | "until";
export type VolumePruneFilter = "all" | "label" | "label!";
export type NetworkPruneFilter = "label" | "label!" | "until";

/** A moment, in nanoseconds since the epoch. */
export type Timestamp = bigint;

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface ContainerListOptions {
  readonly all: boolean;
  /** The newest so many, of every state. */
  readonly limit?: number;
  readonly size: boolean;
  readonly filters: Filters<ContainerFilter>;
}

export interface ContainerStopOptions {
  /** Instead of the container's own stop signal. */
  readonly signal?: string;
  /** Seconds before the kill, instead of the container's own; -1: wait for ever. */
  readonly timeout?: number;
}

export interface ContainerStatsOptions {
  /** A sample every second; else one, after the second that its load is measured in. */
  readonly stream: boolean;
  /** Without `stream`: at once, and without a load. */
  readonly oneShot: boolean;
}

export interface ContainerRemoveOptions {
  readonly force: boolean;
  /** Anonymous volumes go as well. */
  readonly volumes: boolean;
  /** Removes a link instead of a container. */
  readonly link: boolean;
}

export type WaitCondition = "not-running" | "next-exit" | "removed";

export interface ContainerLogsOptions {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly since?: Timestamp;
  readonly until?: Timestamp;
  readonly timestamps: boolean;
  /** The last so many lines; absent: all. */
  readonly tail?: number;
  /** Prefixes each line with the labels and variables that the log driver was told to record. */
  readonly details: boolean;
}

export interface ContainerAttachOptions {
  /** Replays the log first. */
  readonly logs: boolean;
  /** Goes on with what comes; without it the answer ends after the log. */
  readonly stream: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** "ctrl-p,ctrl-q"; absent: the engine's default. */
  readonly detachKeys?: string;
}

export interface ContainerExtractOptions {
  /** The folder to extract into. */
  readonly path: string;
  /** Refuses to put a folder in the place of something else, or the other way round. */
  readonly noOverwriteDirNonDir: boolean;
  /** Everything gets the container's user and group. */
  readonly copyUidGid: boolean;
}

export interface ContainerCommitOptions {
  /** Where the new image is tagged; absent: nowhere. */
  readonly repository?: string;
  readonly tag?: string;
  readonly comment?: string;
  readonly author?: string;
  /** Its processes stand still meanwhile. */
  readonly pause: boolean;
  /** Dockerfile instructions that change the new image's configuration. */
  readonly changes: readonly string[];
  /** Goes before the container's own configuration. */
  readonly config?: ContainerConfig;
}

export interface TerminalSize {
  readonly height: number;
  readonly width: number;
}

export interface ImageListOptions {
  readonly all: boolean;
  readonly filters: Filters<ImageFilter>;
  readonly sharedSize: boolean;
  readonly manifests: boolean;
}

export interface ImageRemoveOptions {
  readonly force: boolean;
  /** Untagged parents stay. */
  readonly noPrune: boolean;
  readonly platforms: readonly Platform[];
}

export interface ImageImportOptions {
  /** Where the new image is tagged; absent: nowhere. */
  readonly repository?: string;
  readonly tag?: string;
  readonly message?: string;
  /** Dockerfile instructions that change the new image's configuration. */
  readonly changes: readonly string[];
  readonly platform?: Platform;
}

export interface EventsOptions {
  readonly since?: Timestamp;
  /** The stream ends there. */
  readonly until?: Timestamp;
  readonly filters: Filters<EventFilter>;
}
