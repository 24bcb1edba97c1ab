import { closeSync, fstatSync, linkSync, openSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { SerialQueue } from "../../base/index.ts";
import type { FileWatcher, PendingChange } from "../../host/watch/index.ts";
import type { KeptLog } from "./contract.ts";
import { compressPieces, discardPieces, tidyPieces } from "./kept-pieces.ts";
import { inodeOf, isMissing, listPieces, piecePath } from "./log-piece.ts";

/** Bytes in a millisecond that no container logs: how long a log can be left alone before it may be too large. */
const fastest = 256 * 1024;
const shortestPause = 10;
const longestPause = 1000;

/**
 * Keeps logs at their size. When the file that conmon writes is large enough, it gets the name of a piece as well, and
 * conmon is told to go on in a new file, which it puts in the place of the old one: a record goes to the one file or to
 * the other, and at no moment is there none. A log that nobody writes to costs nothing.
 */
export class LogRotation {
  readonly #watcher: FileWatcher;
  readonly #warn: (message: string, cause: unknown) => void;
  readonly #waits = new Set<Wait>();
  readonly #closing = new AbortController();
  /** One piece is compressed at a time: containers need the processors more. */
  readonly #compressing = new SerialQueue();

  constructor(watcher: FileWatcher, warn: (message: string, cause: unknown) => void) {
    this.#watcher = watcher;
    this.#warn = warn;
  }

  /** Keeps a log at its size for as long as conmon writes it. */
  keep(log: KeptLog): void {
    const wait = new Wait(log.ended);
    this.#waits.add(wait);
    this.#keep(log, wait).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#warn(`the log ${log.path} is not kept at its size any more`, error);
    }).finally(() => { this.#waits.delete(wait); });
  }

  async #keep(log: KeptLog, wait: Wait): Promise<void> {
    tidyPieces(log.path);
    if (isHalfRotated(log.path)) {
      await log.settleCommands();
      // An engine before this one was killed between giving the name and telling conmon.
      if (isHalfRotated(log.path)) log.reopen();
      await this.#untilReplaced(log, wait);
    }
    this.#settle(log);
    while (!wait.isOver) if (!await this.#look(log, wait)) return;
  }

  /** Waits for the log to grow, and rotates it when it is large enough. @returns false when there is no log any more */
  async #look(log: KeptLog, wait: Wait): Promise<boolean> {
    using found = this.#watch(log.path);
    if (found === undefined) return false;
    const left = log.limits.maxSize - found.size;
    if (left > 0) {
      await wait.for(found.change.happened);
      await wait.forMilliseconds(Math.min(Math.max(left / fastest, shortestPause), longestPause));
    } else if (hasRoom(log.path)) {
      await this.#rotate(log, wait);
    } else {
      await wait.forMilliseconds(longestPause);
    }
    return true;
  }

  /** The file is held by the kernel's watch only, since there is one for each container that runs. */
  #watch(path: string): WatchedLog | undefined {
    const file = openLogFile(path);
    if (file === undefined) return undefined;
    try {
      const change = this.#watcher.next(file);
      return { change, size: fstatSync(file).size, [Symbol.dispose]: () => { change[Symbol.dispose](); } };
    } finally {
      closeSync(file);
    }
  }

  async #rotate(log: KeptLog, wait: Wait): Promise<void> {
    linkSync(log.path, piecePath(log.path, (listPieces(log.path).at(-1)?.number ?? 0) + 1));
    log.reopen();
    await this.#untilReplaced(log, wait);
    this.#settle(log);
  }

  /** conmon puts the new file in the old one's place, unless it ends before. */
  async #untilReplaced(log: KeptLog, wait: Wait): Promise<void> {
    while (!wait.isOver) {
      using found = this.#watch(log.path);
      if (found === undefined || !isHalfRotated(log.path)) return;
      await wait.for(found.change.happened);
    }
    // Where the engine is what ends, and not conmon, the next engine sees to it.
    const newest = listPieces(log.path).at(-1);
    if (newest !== undefined && !this.#closing.signal.aborted && isHalfRotated(log.path)) rmSync(newest.path);
  }

  #settle(log: KeptLog): void {
    discardPieces(log.path, log.limits.maxFiles - 1);
    if (!log.limits.compress) return;
    void this.#compressing.run(async () => {
      try {
        await compressPieces(log.path, this.#closing.signal);
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#warn(`cannot compress pieces of the log ${log.path}`, error);
      }
    });
  }

  /** Rotates nothing any more; the next engine goes on. */
  close(): void {
    this.#closing.abort();
    for (const wait of this.#waits) wait.end();
  }
}

/** A log's file as it is, and its next change from now on. */
interface WatchedLog extends Disposable {
  readonly change: PendingChange;
  readonly size: number;
}

/** One wait at a time, which also ends when conmon has; nothing of an earlier wait is left behind. */
class Wait {
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(ended: Promise<void>) {
    const end = (): void => { this.end(); };
    ended.then(end, end);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async for(change: Promise<void>): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#wake = () => { resolve(undefined); };
    change.then(this.#wake, reject);
    await promise;
  }

  async forMilliseconds(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => { resolve(undefined); }, milliseconds);
    await this.for(promise);
    clearTimeout(timer);
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }
}

/** Whether the file that conmon writes has the name of a piece already. */
function isHalfRotated(path: string): boolean {
  const newest = listPieces(path).at(-1);
  return newest !== undefined && inodeOf(newest.path) === inodeOf(path);
}

/** conmon ends where it cannot make its new file, and the container would have nobody to watch it. */
function hasRoom(path: string): boolean {
  const { bavail, ffree } = statfsSync(dirname(path));
  return bavail > 0 && ffree > 0;
}

function openLogFile(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
