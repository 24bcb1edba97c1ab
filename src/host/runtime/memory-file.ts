import { writeSync } from "node:fs";
import { cString, Descriptor, succeed, systemCall } from "../libc/index.ts";

const createMemory = systemCall<[Uint8Array, number]>("memfd_create", "pi");

const closeOnExec = 1;
const allowSealing = 2;

/** A file in memory that no folder names; it goes with this process at the latest. */
export class MemoryFile implements Disposable {
  readonly #memory: Descriptor;
  /** Where it can be opened and executed, also by other processes, while this one lives. */
  readonly path: string;

  /** @param name for people who look at open files */
  constructor(name: string, content: Uint8Array) {
    this.#memory = new Descriptor(succeed(createMemory(cString(name), closeOnExec | allowSealing), () => `make a file in memory for ${name}`));
    this.path = `/proc/${process.pid}/fd/${this.#memory.number}`;
    for (let at = 0; at < content.length; ) at += writeSync(this.#memory.number, content, at);
  }

  get descriptor(): number {
    return this.#memory.number;
  }

  [Symbol.dispose](): void {
    this.#memory.close();
  }
}
