import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../base/index.ts";
import { succeed, systemCall } from "../libc/index.ts";
import { MemoryFile } from "./memory-file.ts";

const control = systemCall<[number, number, number]>("fcntl", "iii");

const addSeals = 1033;
/** Neither the seals nor the size nor the content can be changed. */
const everySeal = 0b1111;

/**
 * A copy of a program in memory that nobody can change any more. A container whose program is a link to the runtime
 * that starts it can reach only this copy (CVE-2019-5736). Runtimes make one for themselves at each start unless they
 * find that they run from one, which takes as long as all the rest of a short call.
 */
export class SealedProgram implements Disposable {
  readonly #memory: MemoryFile;
  /** Where it can be executed from, also by other processes, while this one lives. */
  readonly path: string;

  /** @throws EngineError `unavailable` when the program cannot be read */
  constructor(program: string) {
    this.#memory = new MemoryFile(basename(program), read(program));
    succeed(control(this.#memory.descriptor, addSeals, everySeal), () => `seal the copy of ${program}`);
    this.path = this.#memory.path;
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
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
