import type { Health } from "../../api/types/index.ts";
import { SerialQueue } from "../../base/index.ts";
import type { Freezer } from "../../host/cgroup/index.ts";
import type { ProcessHandle } from "../../host/process/index.ts";
import type { ContainerRecord } from "./record.ts";
import type { Momentary } from "./state.ts";

/** The program of a container while it runs. */
export interface LiveProgram {
  /** Undefined when it had ended before the engine could take hold of it. */
  readonly program: ProcessHandle | undefined;
  /** Stops its processes and lets them go on; all who do so for this run do it through this one. */
  readonly freezer: Freezer;
  /** It was sent a signal that it cannot survive, and must not be stopped from ending. */
  isKilled: boolean;
  /** It is being ended because its health check has failed. */
  isUnwell: boolean;
  /** conmon is gone: nothing is logged any more. */
  readonly ended: Promise<void>;
  /** The end has been taken note of: the state says so, and network and ports are free. */
  readonly settled: Promise<void>;
}

/** A client that attached before the program ran. */
export interface WaitingClient {
  /** The program is there and waits for its start: nothing of its output can be missed from here on. */
  connect(socketPath: string): Promise<void>;
  /** It will not come to a start: the container is gone. */
  giveUp(): void;
}

export type ContainerChange = "exit" | "removed";

/** A container in memory: what is kept of it, what runs of it, and who waits for it. */
export class Container implements Momentary {
  readonly id: string;
  /** What changes the container runs here, one after another; only this container's callers wait for each other. */
  readonly queue = new SerialQueue();
  readonly waitingClients = new Set<WaitingClient>();
  /** Ids of the commands that run in it, and of those that were made and not started. */
  readonly execs = new Set<string>();
  record: ContainerRecord;
  live: LiveProgram | undefined;
  /** What its programs are told of linked containers, as it was when it started. */
  linkVariables: readonly string[] = [];
  /** Of the last run, where it has a health check. */
  health: Health | undefined;
  /** Calls off the restart that is awaited. */
  cancelRestart: (() => void) | undefined;
  /** Milliseconds before the last restart. */
  restartDelay = 0;
  isRemoving = false;
  isRemoved = false;
  readonly #listeners = new Set<(change: ContainerChange) => void>();

  constructor(record: ContainerRecord) {
    this.id = record.id;
    this.record = record;
  }

  get isRunning(): boolean {
    return this.record.state.status === "running";
  }

  /** Runs, or will again by its policy. */
  get isActive(): boolean {
    return this.isRunning || this.record.state.status === "restarting";
  }

  /** Resolves when a start that is under way has come to its end: what is asked of it then is asked of what runs. */
  async atRest(): Promise<void> {
    if (!this.isActive && this.queue.length > 0) await this.queue.run(() => Promise.resolve());
  }

  /** @returns what ends it */
  onChange(listener: (change: ContainerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  announce(change: ContainerChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
