import { fstatSync } from "node:fs";
import type { FileWatcher, PendingChange } from "../../host/watch/index.ts";
import { inodeOf, openNewest, openNext, type OpenPiece } from "./log-piece.ts";
import { readPiece, type PieceReader } from "./piece-reader.ts";

const chunkSize = 512 * 1024;
const newline = 0x0a;

/** A place in a log that stays the same when the log is rotated and its pieces are compressed. */
export interface LogPlace {
  /** Of the piece; see {@link LogPiece}. */
  readonly number: number;
  /** Bytes from the piece's beginning, as conmon wrote it. */
  readonly offset: number;
}

export interface LogStreamRequest {
  /** The file that conmon writes; it need not be there yet. */
  readonly path: string;
  readonly watcher: FileWatcher;
  /** Whether what is logged later comes too, for as long as conmon writes. */
  readonly follow: boolean;
  /** See {@link LogRequest.ended}. */
  readonly ended: Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/**
 * The records of a log in their order, through every piece of it. Nothing that is logged between reading and waiting is
 * missed, and nothing around a rotation. What it was opened with ends the stream, unless it follows.
 */
export class LogStream implements Disposable {
  readonly #request: LogStreamRequest;
  readonly #chunk = Buffer.allocUnsafe(chunkSize);
  /** Held from the beginning: the log may be removed before it is read. */
  #newest: OpenPiece | undefined;
  #piece: OpenPiece | undefined;
  #reader: PieceReader | undefined;
  /** Where `next` ends without follow: in the newest piece. */
  #end: LogPlace | undefined;
  /** Bytes at the chunk's beginning that belong to a record whose end was not read yet. */
  #held = 0;
  /** How much of the chunk has been given away, of `#held` bytes and those after. */
  #given = 0;
  #offset = 0;
  #isWriting: boolean;
  /** Everything of the log was read after conmon's end. */
  #isOver = false;
  /** Nothing is written to the piece any more. */
  #isSealed = false;
  /** Of the piece, since before it was read to its end. */
  #change: PendingChange | undefined;
  #wake: () => void = () => undefined;
  readonly #stopListening: () => void;

  constructor(request: LogStreamRequest) {
    this.#request = request;
    this.#isWriting = request.follow && request.ended !== undefined;
    this.#newest = openNewest(request.path);
    const abort = (): void => { this.#wake(); };
    const end = (): void => {
      this.#isWriting = false;
      this.#wake();
    };
    request.ended?.then(end, end);
    request.signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => { request.signal.removeEventListener("abort", abort); };
  }

  /** Begins at a place, or with the oldest record. Called once, before the first `next`. */
  async begin(place: LogPlace = { number: 0, offset: 0 }): Promise<void> {
    const newest = this.#newest;
    if (newest === undefined) return;
    if (!this.#request.follow) this.#end = { number: newest.number, offset: newest.isCompressed ? Number.POSITIVE_INFINITY : fstatSync(newest.file).size };
    if (!this.#advance(place.number - 1)) this.#advance(newest.number - 1);
    if (this.#piece?.number !== place.number || this.#reader === undefined) return;
    await this.#reader.skipTo(place.offset);
    this.#offset = place.offset;
  }

  /** Where the next record begins. */
  get place(): LogPlace {
    return { number: this.#piece?.number ?? 0, offset: this.#offset - (this.#held - this.#given) };
  }

  /** The next records, whole ones; the bytes are valid until the next call. @returns undefined at the end */
  async next(): Promise<Buffer | undefined> {
    this.#chunk.copyWithin(0, this.#given, this.#held);
    this.#held -= this.#given;
    this.#given = 0;
    while (!this.#request.signal.aborted) {
      if (await this.#read()) {
        const end = this.#chunk.lastIndexOf(newline, this.#held - 1) + 1;
        this.#given = end;
        // Without a newline in all of it it is no record, since conmon cuts lines into short pieces.
        if (end === 0 && this.#held === chunkSize) this.#held = 0;
        if (end > 0) return this.#chunk.subarray(0, end);
      } else if (!await this.#goOn()) {
        return undefined;
      }
    }
    return undefined;
  }

  /** @returns false where nothing is left in the piece */
  async #read(): Promise<boolean> {
    if (this.#reader === undefined) return false;
    const left = this.#end?.number === this.#piece?.number ? (this.#end?.offset ?? 0) - this.#offset : Number.POSITIVE_INFINITY;
    const length = Math.min(chunkSize - this.#held, left);
    const count = length <= 0 ? 0 : await this.#reader.read(this.#chunk, this.#held, length);
    this.#offset += count;
    this.#held += count;
    return count > 0;
  }

  /**
   * Comes to more after the end of a piece: what followed it, or what was written to it since. What is asked here counts
   * for the look that follows, so that nothing which comes in between is missed. @returns false when there is nothing
   */
  async #goOn(): Promise<boolean> {
    const piece = this.#piece;
    if (piece === undefined || (this.#end !== undefined && piece.number >= this.#end.number)) return false;
    // Nobody would wake a wait that begins after it.
    if (this.#request.signal.aborted) return false;
    if (piece.isCompressed || this.#isSealed) return this.#advance(piece.number);
    if (inodeOf(this.#request.path) !== piece.inode) {
      // conmon may have written to it until the moment in which it was replaced.
      this.#isSealed = true;
      return true;
    }
    if (!this.#isWriting) {
      const isFirst = !this.#isOver;
      this.#isOver = true;
      return isFirst;
    }
    if (this.#change === undefined) this.#change = this.#request.watcher.next(piece.file);
    else await this.#awaitChange(this.#change);
    return true;
  }

  #advance(number: number): boolean {
    const next = openNext(this.#request.path, number) ?? this.#takeNewest(number);
    if (next === undefined) return false;
    this.#close();
    this.#piece = next;
    this.#reader = readPiece(next);
    this.#offset = 0;
    this.#held = 0;
    this.#given = 0;
    return true;
  }

  /** The piece that was opened at first, where the log's files are gone. */
  #takeNewest(number: number): OpenPiece | undefined {
    const newest = this.#newest;
    if (newest === undefined || newest.number <= number) return undefined;
    this.#newest = undefined;
    return newest;
  }

  async #awaitChange(change: PendingChange): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#wake = () => { resolve(undefined); };
    change.happened.then(this.#wake, reject);
    try {
      await promise;
    } finally {
      this.#wake = () => undefined;
      this.#dropChange();
    }
  }

  #dropChange(): void {
    this.#change?.[Symbol.dispose]();
    this.#change = undefined;
  }

  #close(): void {
    this.#dropChange();
    this.#isSealed = false;
    this.#reader?.[Symbol.dispose]();
    this.#piece?.[Symbol.dispose]();
    this.#reader = undefined;
    this.#piece = undefined;
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    this.#close();
    this.#newest?.[Symbol.dispose]();
    this.#newest = undefined;
  }
}
