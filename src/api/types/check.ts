/** What a check of the engine can find wrong. */
export type CheckSubject =
  | "container record" | "container layer" | "container files" | "bundle" | "exit file" | "shared memory" | "runtime state" | "process" | "cgroup"
  | "image" | "layer" | "blob" | "volume record" | "volume folder" | "network namespace" | "network record" | "link" | "file";

/** Something that belongs to nothing, or that lacks what it needs. */
export interface CheckFinding {
  readonly Subject: CheckSubject;
  readonly Name: string;
  /** Bytes on the disk. */
  readonly Size: number;
  readonly Reason: string;
  /** "found" also where a repair was asked for and is beyond the engine. */
  readonly State: "found" | "repaired" | "failed";
  /** Why a repair failed. */
  readonly Error?: string;
}

/** Reply of `POST /system/check`, which is wharf's own. */
export interface CheckReport {
  readonly Findings: readonly CheckFinding[];
}
