import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../base/index.ts";
import { cString, Descriptor, succeed, systemCall } from "../libc/index.ts";

const createMemory = systemCall<[Uint8Array, number]>("memfd_create", "pi");
const control = systemCall<[number, number, number]>("fcntl", "iii");

const closeOnExec = 1;
const allowSealing = 2;
const addSeals = 1033;
/** Neither the seals nor the size nor the content can be changed. */
const everySeal = 0b1111;

/**
 * A copy of a program in memory that nobody can change any more. A container whose program is a link to the runtime
 * that starts it can reach only this copy (CVE-2019-5736). Runtimes make one for themselves at each start unless they
 * find that they run from one, which takes as long as all the rest of a short call.
 */
export class SealedProgram implements Disposable {
  readonly #memory: Descriptor;
  /** Where it can be executed from, also by other processes, while this one lives. */
  readonly path: string;

  /** @throws EngineError `unavailable` when the program cannot be read */
  constructor(program: string) {
    const content = read(program);
    this.#memory = new Descriptor(
      succeed(createMemory(cString(basename(program)), closeOnExec | allowSealing), () => `make a sealed copy of ${program}`),
    );
    for (let at = 0; at < content.length; ) at += writeSync(this.#memory.number, content, at);
    succeed(control(this.#memory.number, addSeals, everySeal), () => `seal the copy of ${program}`);
    this.path = `/proc/${process.pid}/fd/${this.#memory.number}`;
  }

  [Symbol.dispose](): void {
    this.#memory.close();
  }
}

function read(program: string): Buffer {
  try {
    return readFileSync(program);
  } catch (cause) {
    throw new EngineError("unavailable", `cannot read the container runtime ${program}: ${String(cause)}`, { cause });
  }
}

/** Whether a file is a program of the machine's own, not a script that would look for its companions beside it. */
export function isElf(path: string): boolean {
  const head = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    readSync(file, head);
  } finally {
    closeSync(file);
  }
  return head.equals(Buffer.from("\x7fELF", "latin1"));
}
