import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { EventMessage } from "../../api/types/index.ts";
import { formatEventLine, parseEventLine } from "./event-line.ts";
import type { EventHistory } from "./history.ts";

/** How much is kept; what is older goes first. */
export interface JournalLimits {
  /** Bytes of one file. */
  readonly fileSize: number;
  /** Bytes of all files. */
  readonly totalSize: number;
  /** Milliseconds. */
  readonly age: number;
}

const megabyte = 1024 * 1024;
const day = 24 * 60 * 60 * 1000;
const limits: JournalLimits = { fileSize: megabyte, totalSize: 64 * megabyte, age: 7 * day };

export interface JournalOptions {
  readonly folder: string;
  /** Takes what is wrong and stops nobody. */
  readonly warn: (message: string) => void;
  readonly limits?: JournalLimits;
  readonly now?: () => number;
}

interface Piece {
  readonly number: number;
  size: number;
}

/**
 * Events on disk, a line each, in files that are numbered in the order of writing. A line is there for the next engine as
 * soon as it is written; after a power cut the newest may be missing, and pieces of lines are passed over.
 */
export class EventJournal implements EventHistory, Disposable {
  readonly #options: Required<JournalOptions>;
  /** Oldest first; the last is written to. */
  readonly #pieces: Piece[];
  #file: number | undefined;
  /** The last line has no end: what comes next must not be taken for its rest. */
  #isTorn = false;
  /** Milliseconds since the epoch: when the file that is written to began. */
  #began: number;
  #isFailing = false;

  constructor(options: JournalOptions) {
    this.#options = { limits, now: Date.now, ...options };
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#pieces = readdirSync(options.folder).flatMap((name) => (/^\d{8}$/.test(name) ? [{ number: Number(name), size: statSync(join(options.folder, name)).size }] : []))
      .sort((a, b) => a.number - b.number);
    this.#began = this.#options.now();
    this.#forgetOld();
  }

  add(event: EventMessage): void {
    const text = `${this.#isTorn ? "\n" : ""}${formatEventLine(event)}`;
    const bytes = Buffer.from(text);
    try {
      const { file, piece } = this.#writable(bytes.length);
      const written = writeSync(file, bytes);
      piece.size += written;
      this.#isTorn = written < bytes.length;
      this.#isFailing = false;
    } catch (error) {
      this.#isTorn = true;
      if (!this.#isFailing) this.#options.warn(`events are not kept for later: ${error instanceof Error ? error.message : String(error)}`);
      this.#isFailing = true;
    }
  }

  /** The file that is written to, a new one when the last is full or a day old, since whole files are forgotten. */
  #writable(size: number): { readonly file: number; readonly piece: Piece } {
    const { folder, limits: { fileSize }, now } = this.#options;
    const last = this.#pieces.at(-1);
    if (this.#file !== undefined && last !== undefined && last.size + size <= fileSize && Math.abs(now() - this.#began) < day) return { file: this.#file, piece: last };
    const piece = this.#file === undefined && last !== undefined && last.size + size <= fileSize ? last : { number: (last?.number ?? 0) + 1, size: 0 };
    const file = openSync(join(folder, nameOf(piece)), "a+", 0o600);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = file;
    this.#began = now();
    if (piece !== last) this.#pieces.push(piece);
    if (piece.size > 0 && !endsWithLine(file)) piece.size += writeSync(file, "\n");
    this.#forgetOld();
    return { file, piece };
  }

  #forgetOld(): void {
    const { folder, limits: { totalSize, age }, now } = this.#options;
    let total = this.#pieces.reduce((sum, { size }) => sum + size, 0);
    for (let oldest = this.#pieces[0]; oldest !== undefined && this.#pieces.length > 1; oldest = this.#pieces[0]) {
      const path = join(folder, nameOf(oldest));
      const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (total <= totalSize && now() - changed <= age) return;
      rmSync(path, { force: true });
      total -= oldest.size;
      this.#pieces.shift();
    }
  }

  past(since: bigint): AsyncIterable<EventMessage> {
    return this.#read(this.#pieces.map((piece) => ({ ...piece })), since);
  }

  async *#read(pieces: readonly Piece[], since: bigint): AsyncGenerator<EventMessage> {
    for (const piece of pieces) {
      const text = await this.#textOf(piece);
      for (const line of text.split("\n")) {
        const event = line === "" ? undefined : parseEventLine(line, since);
        if (event !== undefined) yield event;
      }
    }
  }

  /** As much as was there when the reader came. A file that was forgotten meanwhile is empty. */
  async #textOf(piece: Piece): Promise<string> {
    try {
      await using file = await open(join(this.#options.folder, nameOf(piece)), "r");
      const { buffer, bytesRead } = await file.read(Buffer.alloc(piece.size), 0, piece.size, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function nameOf({ number }: Piece): string {
  return String(number).padStart(8, "0");
}

function endsWithLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}
