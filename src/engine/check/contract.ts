import type { CheckSubject } from "../../api/types/index.ts";

/** Something that belongs to nothing, or that lacks what it needs. */
export interface Finding {
  readonly subject: CheckSubject;
  /** Its id, name or path. */
  readonly name: string;
  /** Bytes on the disk; undefined for what takes none. */
  readonly size?: number;
  /** Why it has no owner, or what it lacks. */
  readonly reason: string;
  /**
   * Puts it right. What has found an owner meanwhile is left alone. Absent where the engine cannot do it alone.
   * @throws EngineError what stood in the way
   */
  readonly repair?: () => Promise<void> | void;
}

/** A part of the engine that can compare its records with what is on the disk and in the kernel. */
export interface Checked {
  /** What is wrong; what is just being made or removed is not. */
  findings(): Promise<readonly Finding[]>;
}
