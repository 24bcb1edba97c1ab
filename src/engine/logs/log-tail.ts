import { readSync } from "node:fs";
import type { OutputStream } from "../server/backend/index.ts";
import { headerLength, isFull, isRecord, isStderr } from "./log-record.ts";

const blockSize = 256 * 1024;
const newline = 0x0a;

/** The beginning of an open piece, which may grow meanwhile. */
export interface LogSpan {
  readonly file: number;
  /** Bytes from the beginning. */
  readonly size: number;
}

/** Of which streams a newer record was met: what stands before it is a part of its line unless a newline ended it. */
export type StreamsMet = Record<OutputStream, boolean>;

export interface Tail {
  /** Where the wanted lines begin. */
  readonly offset: number;
  /** How many there are: fewer than asked for when the log is shorter. */
  readonly lines: number;
}

/**
 * Finds the last lines of a piece, of both streams together, reading from its end no more than they take.
 * A line of several records counts once; output after the last newline is a line too.
 * @param wanted 0: what belongs to the lines that newer pieces begin with
 * @param met of the newer pieces; those of this one are added
 */
export function findTail(span: LogSpan, wanted: number, met: StreamsMet): Tail {
  const backwards = new BackwardReader(span);
  let lines = 0;
  // A record whose newline is not there yet is read when it is whole: it stands behind what is counted.
  let end = backwards.newlineBefore(span.size) + 1;
  while (end > 0 && (wanted > 0 || met.stdout || met.stderr)) {
    const begin = backwards.newlineBefore(end - 1) + 1;
    const header = backwards.headerAt(begin);
    if (isRecord(header, 0, end - 1 - begin)) {
      const stream = isStderr(header, 0) ? "stderr" : "stdout";
      if (isFull(header, 0) || !met[stream]) {
        if (lines === wanted) break;
        lines += 1;
      }
      met[stream] = true;
    }
    end = begin;
  }
  return { offset: end, lines };
}

/** Finds newlines from the end of a file to its beginning, a block at a time. */
class BackwardReader {
  readonly #file: number;
  readonly #size: number;
  readonly #block = Buffer.allocUnsafe(blockSize + headerLength);
  /** What the block holds. */
  #begin: number;
  #end: number;

  constructor({ file, size }: LogSpan) {
    this.#file = file;
    this.#size = size;
    this.#begin = size;
    this.#end = size;
  }

  /** @returns the place of the last newline before, or -1 */
  newlineBefore(place: number): number {
    for (let before = place; before > 0; before = this.#begin) {
      if (before <= this.#begin) this.#load(before);
      const found = this.#block.subarray(0, before - this.#begin).lastIndexOf(newline);
      if (found >= 0) return this.#begin + found;
    }
    return -1;
  }

  /** The first bytes of a record that {@link newlineBefore} has come to. */
  headerAt(place: number): Uint8Array {
    if (place < this.#begin) this.#load(place + 1);
    return this.#block.subarray(place - this.#begin, this.#end - this.#begin);
  }

  /** Loads the block that ends there, and a header's length more. */
  #load(end: number): void {
    this.#begin = Math.max(0, end - blockSize);
    this.#end = Math.min(this.#size, end + headerLength);
    for (let at = this.#begin; at < this.#end; ) {
      const count = readSync(this.#file, this.#block, at - this.#begin, this.#end - at, at);
      if (count === 0) break;
      at += count;
    }
  }
}
