import { EngineError } from "../../base/index.ts";
import { errnoOf, SystemError } from "./system-error.ts";
import { systemCall } from "./system-call.ts";

const close = systemCall<[number]>("close", "i");

/** An open file, directory, socket or handle of the kernel, closed exactly once: by `close` or at the end of `using`. */
export class Descriptor implements Disposable {
  readonly #number: number;
  #open = true;

  constructor(number: number) {
    this.#number = number;
  }

  /** Its number in this process. @throws EngineError once closed, since the number may belong to another file by then. */
  get number(): number {
    if (!this.#open) throw new EngineError("internal", `descriptor ${this.#number} was used after it was closed`);
    return this.#number;
  }

  get closed(): boolean {
    return !this.#open;
  }

  /** Hands the number over to somebody else, who closes it. */
  release(): number {
    const number = this.number;
    this.#open = false;
    return number;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeDescriptor(this.#number);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Closes a bare number. An interrupted close has closed it all the same on Linux. */
export function closeDescriptor(number: number): void {
  const result = close(number);
  if (result < 0 && result !== -errnoOf("EINTR")) throw new SystemError(`close descriptor ${number}`, -result);
}
