import type { OutputStream } from "../server/backend/index.ts";
import {
  compareTimes, headerLength, isFull, isRecord, isStderr, LogClock, timeLength, writeTime, type LogTime,
} from "./log-record.ts";

export interface LogSelection {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Records before it are left out. */
  readonly since?: LogTime;
  /** The first record after it ends the log. */
  readonly until?: LogTime;
  readonly timestamps: boolean;
  /** Put before each line, after the time. */
  readonly prefix: Uint8Array;
}

/** Output of one stream. */
export interface LogRun {
  readonly stream: OutputStream;
  /** Valid until the next call. */
  readonly bytes: Uint8Array;
}

const outputSize = 256 * 1024;
const newline = 0x0a;

/**
 * Turns records into the program's output, many to a run: a run ends where the stream changes, where it is large, or
 * where the input ends.
 */
export class LogDecoder {
  readonly #selection: LogSelection;
  readonly #clock = new LogClock();
  readonly #chooses: boolean;
  readonly #decorates: boolean;
  /** Whether each stream is in the middle of a line. */
  readonly #inside: Record<OutputStream, boolean> = { stdout: false, stderr: false };
  #output = Buffer.allocUnsafe(outputSize);
  #input: Buffer = Buffer.alloc(0);
  #at = 0;
  #ended = false;

  constructor(selection: LogSelection) {
    this.#selection = selection;
    this.#chooses = selection.since !== undefined || selection.until !== undefined;
    this.#decorates = selection.timestamps || selection.prefix.length > 0;
  }

  /** Whether a record after `until` was met: nothing comes any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes input of which every earlier piece was decoded; it may end inside a record. */
  feed(input: Buffer): void {
    this.#input = input;
    this.#at = 0;
  }

  /** What was fed and not decoded: the beginning of a record. */
  get rest(): Buffer {
    return this.#input.subarray(this.#at);
  }

  /** The next run of what was fed. @returns undefined when there is no whole record left */
  next(): LogRun | undefined {
    const input = this.#input;
    const { stdout, stderr } = this.#selection;
    let stream: OutputStream | undefined;
    let length = 0;
    while (!this.#ended) {
      const at = this.#at;
      const end = input.indexOf(newline, at);
      if (end < 0) break;
      if (!isRecord(input, at, end)) {
        this.#at = end + 1;
        continue;
      }
      const from = isStderr(input, at) ? "stderr" : "stdout";
      if (!(from === "stderr" ? stderr : stdout) || (this.#chooses && !this.#isChosen(at))) {
        this.#at = end + 1;
        continue;
      }
      const room = end - at + this.#selection.prefix.length + timeLength;
      if (stream !== undefined && (stream !== from || length + room > this.#output.length)) break;
      if (room > this.#output.length) this.#output = Buffer.allocUnsafe(room);
      stream = from;
      length = this.#write({ at, end, length, from });
      this.#at = end + 1;
    }
    return stream === undefined ? undefined : { stream, bytes: this.#output.subarray(0, length) };
  }

  #isChosen(at: number): boolean {
    const { since, until } = this.#selection;
    const time = this.#clock.read(this.#input, at);
    if (until !== undefined && compareTimes(time, until) > 0) {
      this.#ended = true;
      return false;
    }
    return since === undefined || compareTimes(time, since) >= 0;
  }

  #write({ at, end, length, from }: { readonly at: number; readonly end: number; readonly length: number; readonly from: OutputStream }): number {
    const input = this.#input;
    const output = this.#output;
    const { timestamps, prefix } = this.#selection;
    let to = length;
    if (this.#decorates && !this.#inside[from]) {
      if (timestamps) to = writeTime(input, at, output, to);
      output.set(prefix, to);
      to += prefix.length;
    }
    to += input.copy(output, to, at + headerLength, end);
    const full = isFull(input, at);
    this.#inside[from] = !full;
    if (full) output[to++] = newline;
    return to;
  }
}
