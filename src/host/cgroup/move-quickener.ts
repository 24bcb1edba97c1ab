import { constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Descriptor, systemCall } from "../libc/index.ts";
import type { CgroupLayout } from "./layout.ts";

const write = systemCall<[number, Uint8Array, number]>("write", "ipi");
const closeOnExec = 0o2000000;
/** Stands for the process that writes it. */
const itself = Buffer.from("0");

/**
 * Makes the moves of processes into cgroups fast. The first move after a while waits for a grace period of the kernel
 * (5 to 15 ms were measured) before it may hold up forks; those that follow within another one do not. When the engine
 * learns that a container is about to start, it moves itself to the group where it already is, off its own thread: the
 * wait passes while the container is prepared.
 */
export class MoveQuickener implements Disposable {
  readonly #file: Descriptor | undefined;
  #running: Promise<void> | undefined;

  constructor(layout: CgroupLayout) {
    const path = ownGroupFile(layout);
    this.#file = path === undefined ? undefined : open(path);
  }

  /** Resolves when moves are fast. It never fails: all that can be lost is the time that was to be won. */
  async quicken(): Promise<void> {
    this.#running ??= this.#move().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #move(): Promise<void> {
    if (this.#file !== undefined && !this.#file.closed) await write.later(this.#file.number, itself, itself.length);
  }

  [Symbol.dispose](): void {
    const close = (): void => this.#file?.close();
    if (this.#running === undefined) close();
    else void this.#running.then(close, close);
  }
}

function open(path: string): Descriptor | undefined {
  try {
    return new Descriptor(openSync(path, constants.O_WRONLY | closeOnExec));
  } catch {
    return undefined;
  }
}

/** The cgroup.procs of the group that this process is in, in any one tree. */
function ownGroupFile(layout: CgroupLayout): string | undefined {
  for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
    const [, controllers = "", path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const tree = layout.treeOf(controllers.split(",")[0] ?? "");
    if (tree !== undefined && path !== undefined) return join(tree, path, "cgroup.procs");
  }
  return undefined;
}
