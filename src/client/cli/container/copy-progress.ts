import { formatDecimalSize } from "../../../base/index.ts";
import type { OutputStream } from "../command/index.ts";

/** A copy that is over before this many milliseconds shows nothing on its way. */
const patience = 2000;
const interval = 200;

export interface CopyProgress {
  /** What is being done, such as "Copying to container". */
  readonly what: string;
  /** Said at the end, behind the size. */
  readonly target: string;
}

/** Counts the bytes of an archive as they pass, and tells of them where it takes long. */
export class ProgressMeter {
  readonly #err: OutputStream;
  readonly #progress: CopyProgress;
  #bytes = 0;
  #began = performance.now();
  #shown = 0;

  constructor(err: OutputStream, progress: CopyProgress) {
    this.#err = err;
    this.#progress = progress;
  }

  async *count(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    this.#began = performance.now();
    for await (const piece of bytes) {
      this.#bytes += piece.length;
      yield piece;
      await this.#show();
    }
  }

  async #show(): Promise<void> {
    const now = performance.now();
    if (!this.#err.isTerminal || now - this.#began < patience || now - this.#shown < interval) return;
    this.#shown = now;
    await this.#err.write(`\r${this.#progress.what} - ${formatDecimalSize(this.#bytes)}\u001b[K`);
  }

  /** Says what was done. */
  async finish(): Promise<void> {
    if (this.#shown > 0) await this.#err.write("\r\u001b[K");
    await this.#err.write(`Successfully copied ${formatDecimalSize(this.#bytes)} to ${this.#progress.target}\n`);
  }
}
