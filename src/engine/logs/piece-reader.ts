import { read } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { OpenPiece } from "./log-piece.ts";

/** Reads a piece of a log from its beginning on; places are those of what conmon wrote, also in a compressed piece. */
export interface PieceReader extends Disposable {
  /** @returns how many bytes were put at `at`; 0 at the end, which a file that conmon writes to may get beyond later */
  read(target: Buffer, at: number, length: number): Promise<number>;
  /** Leaves out what is before a place; called before the first read. */
  skipTo(place: number): Promise<void>;
}

/** The piece stays its owner's to close, once the reader was. */
export function readPiece(piece: OpenPiece): PieceReader {
  return piece.isCompressed ? new CompressedReader(piece) : new PlainReader(piece);
}

class PlainReader implements PieceReader {
  readonly #file: number;
  #place = 0;

  constructor({ file }: OpenPiece) {
    this.#file = file;
  }

  async read(target: Buffer, at: number, length: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    read(this.#file, target, at, length, this.#place, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
    const count = await promise;
    this.#place += count;
    return count;
  }

  skipTo(place: number): Promise<void> {
    this.#place = place;
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    // Nothing but the file, which is not its own.
  }
}

/** What is in the file, packed as it is. A stream that node makes of a descriptor closes it, whosever it is. */
async function* blocks(piece: OpenPiece): AsyncGenerator<Buffer> {
  const reader = new PlainReader(piece);
  for (;;) {
    const block = Buffer.allocUnsafe(64 * 1024);
    const count = await reader.read(block, 0, block.length);
    if (count === 0) return;
    yield block.subarray(0, count);
  }
}

/** Unpacks as it goes, so that neither memory nor disk is needed for the whole. */
class CompressedReader implements PieceReader {
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  readonly #close: () => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(piece: OpenPiece) {
    const packed = Readable.from(blocks(piece), { objectMode: false });
    const plain = createGunzip({ chunkSize: 256 * 1024 });
    packed.on("error", (error) => plain.destroy(error));
    packed.pipe(plain);
    this.#chunks = (plain as AsyncIterable<Buffer, undefined>)[Symbol.asyncIterator]();
    this.#close = () => {
      packed.unpipe(plain);
      packed.destroy();
      plain.destroy();
    };
  }

  async read(target: Buffer, at: number, length: number): Promise<number> {
    if (!await this.#fill()) return 0;
    const count = this.#rest.copy(target, at, 0, Math.min(length, this.#rest.length));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async skipTo(place: number): Promise<void> {
    for (let left = place; left > 0 && await this.#fill(); ) {
      const count = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(count);
      left -= count;
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#nextChunk();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  /** A piece that a power cut has damaged ends where the damage begins; the next one can be read all the same. */
  async #nextChunk(): Promise<IteratorResult<Buffer, undefined>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_")) return { done: true, value: undefined };
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}
