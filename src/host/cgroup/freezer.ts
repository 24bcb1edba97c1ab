import { readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import type { Descriptor } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";
import type { Cgroup } from "./cgroup.ts";
import type { CgroupLayout } from "./layout.ts";

/** Milliseconds. A process in the middle of a slow system call stops only after it. */
const patience = 10_000;

/**
 * Stops all processes of a group, and of those below it, wherever they are, and lets them go on. What is stopped does
 * not notice; in version 1 it does not even die of SIGKILL before it goes on.
 */
export class Freezer {
  readonly #group: Cgroup;
  readonly #version: CgroupLayout["version"];
  /** Ends the wait of a `freeze` that is under way. */
  #letGo = new AbortController();

  constructor(group: Cgroup, layout: CgroupLayout) {
    this.#group = group;
    this.#version = layout.version;
  }

  /** Whether it was told to stop, also when not every process has stopped yet. */
  get isFrozen(): boolean {
    return this.#group.read("freezer", this.#version === 2 ? "cgroup.freeze" : "freezer.self_freezing")?.trim() === "1";
  }

  /**
   * Resolves when nothing in the group runs any more. The kernel has been told before this returns its promise.
   * @throws EngineError `unsupported` where the machine has no freezer or the group is gone; `conflict` when this freezer
   * let the group go meanwhile; `timeout` when a process does not stop: then all go on
   */
  async freeze(poller: Poller): Promise<void> {
    if (!this.#write(true)) throw new EngineError("unsupported", `cannot stop the processes of cgroup ${this.#group.path}: it has no freezer`);
    this.#letGo = new AbortController();
    const late = AbortSignal.timeout(patience);
    const signal = AbortSignal.any([late, this.#letGo.signal]);
    try {
      await (this.#version === 2 ? this.#frozen(poller, signal) : this.#legacyFrozen(signal));
      signal.throwIfAborted();
    } catch (error) {
      this.thaw();
      if (late.aborted) throw new EngineError("timeout", `the processes of cgroup ${this.#group.path} did not stop within ${patience / 1000} seconds`, { cause: error });
      if (signal.aborted) throw new EngineError("conflict", `the processes of cgroup ${this.#group.path} were let go while they were being stopped`, { cause: error });
      throw error;
    }
  }

  /** A group that is gone is no error. */
  thaw(): void {
    this.#letGo.abort();
    this.#write(false);
  }

  #write(isFrozen: boolean): boolean {
    return this.#version === 2
      ? this.#group.write("freezer", "cgroup.freeze", isFrozen ? "1" : "0")
      : this.#group.write("freezer", "freezer.state", isFrozen ? "FROZEN" : "THAWED");
  }

  /** cgroup.events tells when the last process has stopped. */
  async #frozen(poller: Poller, signal: AbortSignal): Promise<void> {
    using events = this.#group.open("freezer", "cgroup.events");
    while (events !== undefined && !/^frozen 1$/m.test(textIn(events))) await poller.ready(events.number, "changed", signal);
  }

  /** Version 1 tells nobody; it looks at its processes when it is asked. */
  async #legacyFrozen(signal: AbortSignal): Promise<void> {
    while (this.#group.read("freezer", "freezer.state")?.trim() === "FREEZING") await sleep(1, undefined, { signal });
  }
}

function textIn(file: Descriptor): string {
  const buffer = Buffer.alloc(256);
  return buffer.toString("latin1", 0, readSync(file.number, buffer, 0, buffer.length, 0));
}
