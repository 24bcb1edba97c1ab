import { fstatSync, read } from "node:fs";
import type { FileWatcher } from "../../host/watch/index.ts";
import type { LogOutput, OutputSink } from "../server/backend/index.ts";
import type { LogRequest } from "./contract.ts";
import { detailsPrefix } from "./line-prefix.ts";
import { LogDecoder } from "./log-decoder.ts";
import { openLogFiles, openNextLogFile, type OpenLog } from "./log-files.ts";
import { logTime } from "./log-record.ts";
import { findTail } from "./log-tail.ts";

const chunkSize = 512 * 1024;

/**
 * Opens a log: what is in it is answered, and with `follow` what comes until the program has ended. Nothing that is
 * logged between reading and waiting is missed, and the answer ends after the last byte.
 */
export function openLog(request: LogRequest, watcher: FileWatcher): LogOutput {
  const files = openLogFiles(request.file);
  const close = (): void => { for (const file of files.splice(0)) file[Symbol.dispose](); };
  return {
    tty: request.tty,
    copyTo: (output) => new LogCopy({ request, watcher, output, files }).run(),
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

interface LogCopyParts {
  readonly request: LogRequest;
  readonly watcher: FileWatcher;
  readonly output: OutputSink;
  /** Oldest first; closed by whoever opened them. */
  readonly files: OpenLog[];
}

class LogCopy {
  readonly #request: LogRequest;
  readonly #watcher: FileWatcher;
  readonly #output: OutputSink;
  readonly #files: OpenLog[];
  readonly #decoder: LogDecoder;
  readonly #chunk = Buffer.allocUnsafe(chunkSize);
  /** Bytes at the chunk's beginning that belong to a record whose end was not read yet. */
  #held = 0;
  #offset = 0;
  #isWriting: boolean;
  #wake: () => void = () => undefined;

  constructor({ request, watcher, output, files }: LogCopyParts) {
    this.#request = request;
    this.#watcher = watcher;
    this.#output = output;
    this.#files = files;
    this.#isWriting = request.options.follow && request.ended !== undefined;
    const { stdout, stderr, since, until, timestamps, details } = request.options;
    this.#decoder = new LogDecoder({
      stdout,
      stderr,
      timestamps,
      prefix: details ? detailsPrefix(request.attributes) : Buffer.alloc(0),
      ...(since === undefined ? {} : { since: logTime(since) }),
      ...(until === undefined ? {} : { until: logTime(until) }),
    });
  }

  async run(): Promise<void> {
    const { signal, ended } = this.#request;
    const abort = (): void => { this.#wake(); };
    const end = (): void => {
      this.#isWriting = false;
      this.#wake();
    };
    ended?.then(end, end);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await this.#copyAll();
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #copyAll(): Promise<void> {
    this.#skipToTail();
    const newest = this.#files.at(-1);
    if (newest === undefined) return;
    const size = fstatSync(newest.file).size;
    while (this.#files.length > 1 && !this.#isOver) {
      await this.#copyFile(Number.POSITIVE_INFINITY);
      this.#nextFile();
    }
    if (this.#isWriting) await this.#follow();
    else await this.#copyFile(size);
  }

  get #isOver(): boolean {
    return this.#decoder.ended || this.#request.signal.aborted;
  }

  #nextFile(): void {
    this.#files.shift()?.[Symbol.dispose]();
    this.#offset = 0;
    this.#held = 0;
  }

  /** Leaves out the files and the part of the first one that are before the wanted lines. */
  #skipToTail(): void {
    let wanted = this.#request.options.tail ?? -1;
    if (wanted < 0) return;
    for (let i = this.#files.length - 1; i >= 0; i--) {
      const file = this.#files[i];
      if (file === undefined) return;
      const tail = findTail({ file: file.file, size: fstatSync(file.file).size }, wanted);
      wanted -= tail.lines;
      this.#offset = tail.offset;
      if (wanted > 0) continue;
      for (const older of this.#files.splice(0, i)) older[Symbol.dispose]();
      return;
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const log = this.#files[0];
      if (log === undefined) return;
      // Asked before the last look: when conmon has ended by then, that look has seen everything.
      const isLast = !this.#isWriting;
      using change = isLast ? undefined : this.#watcher.next(log.file);
      await this.#copyFile(Number.POSITIVE_INFINITY);
      const next = openNextLogFile(this.#request.file, log);
      if (next !== undefined) {
        await this.#copyFile(Number.POSITIVE_INFINITY);
        this.#files.push(next);
        this.#nextFile();
      } else if (isLast) {
        return;
      } else if (change !== undefined) {
        await this.#waitFor(change.happened);
      }
    }
  }

  async #waitFor(change: Promise<void>): Promise<void> {
    if (!this.#isWriting || this.#isOver) return;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#wake = () => { resolve(undefined); };
    change.then(this.#wake, reject);
    await promise;
  }

  /** Copies from the first file's place to its end, or to `size`. */
  async #copyFile(size: number): Promise<void> {
    const file = this.#files[0]?.file;
    if (file === undefined) return;
    while (!this.#isOver) {
      const wanted = Math.min(chunkSize - this.#held, size - this.#offset);
      const count = wanted === 0 ? 0 : await this.#readChunk(file, wanted);
      if (count === 0) return;
      this.#offset += count;
      this.#decoder.feed(this.#chunk.subarray(0, this.#held + count));
      for (let run = this.#decoder.next(); run !== undefined; run = this.#decoder.next()) {
        await this.#output.write(run.stream, run.bytes);
      }
      const { rest } = this.#decoder;
      // Without a newline in all of it it is no record, since conmon cuts lines into short pieces.
      this.#held = rest.length === chunkSize ? 0 : rest.length;
      rest.copy(this.#chunk, 0);
    }
  }

  #readChunk(file: number, wanted: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    read(file, this.#chunk, this.#held, wanted, this.#offset, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
    return promise;
  }
}
