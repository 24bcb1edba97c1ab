import { damaged } from "./header.ts";

/** Reads exact numbers of bytes from a stream of pieces of any size. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    while (this.#piece.length === 0 && !this.#ended) {
      const next = await this.#pieces.next();
      if (next.done === true) this.#ended = true;
      else this.#piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return this.#piece.length > 0;
  }

  /** Up to `limit` bytes, what is at hand. @returns undefined at the end */
  async some(limit: number): Promise<Buffer | undefined> {
    if (this.#piece.length === 0 && !(await this.#more())) return undefined;
    const part = this.#piece.subarray(0, limit);
    this.#piece = this.#piece.subarray(part.length);
    return part;
  }

  /** The bytes when all of them are at hand already, without waiting. */
  now(length: number): Buffer | undefined {
    if (this.#piece.length < length) return undefined;
    const part = this.#piece.subarray(0, length);
    this.#piece = this.#piece.subarray(length);
    return part;
  }

  /** @returns undefined at the end of the stream @throws EngineError when it ends within */
  async exactly(length: number): Promise<Buffer | undefined> {
    const atHand = this.now(length);
    if (atHand !== undefined) return atHand;
    const whole = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const part = await this.some(length - filled);
      if (part === undefined) {
        if (filled === 0) return undefined;
        throw damaged("it ends in the middle");
      }
      part.copy(whole, filled);
      filled += part.length;
    }
    return whole;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      if (part === undefined) throw damaged("it ends in the middle");
      left -= part.length;
    }
  }

  /** Reads to the end of the stream, so that whoever counts or hashes it has seen everything. */
  async drain(): Promise<void> {
    while ((await this.some(1024 * 1024)) !== undefined);
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#pieces.return?.();
  }
}
