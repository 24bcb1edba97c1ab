import { EngineError } from "../../base/index.ts";
import { cString, Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";

const inotifyInit = systemCall<[number]>("inotify_init1", "i");
const inotifyAdd = systemCall<[number, Uint8Array, number]>("inotify_add_watch", "ipi");
const inotifyRemove = systemCall<[number, number]>("inotify_rm_watch", "ii");
const read = systemCall<[number, Uint8Array, number]>("read", "ipi");

const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
const modified = 0x2;
const attributes = 0x4;
const deletedSelf = 0x400;
const movedSelf = 0x800;
const oneShot = 0x80000000;
const overflowed = 0x4000;
const recordSize = 16;

/** A change that is waited for. */
export interface PendingChange extends Disposable {
  /** Resolves at the first change after the wait was begun; rejects when the watcher is closed. */
  readonly happened: Promise<void>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tells when open files change (inotify(7)): written to, renamed, replaced or removed. One kernel object serves all,
 * since a user may have few of them, and each wait is for one change, so that a file that is written to without pause
 * costs nothing while nobody waits for it.
 */
export class FileWatcher implements Disposable {
  readonly #poller: Poller;
  readonly #inotify: Descriptor;
  readonly #waiting = new Map<number, Set<Waiter>>();
  readonly #closing = new AbortController();
  #looping = false;

  constructor(poller: Poller) {
    this.#poller = poller;
    this.#inotify = new Descriptor(succeed(inotifyInit(closeOnExec | nonBlocking), () => "watch files"));
  }

  /** Begins to wait; what happens to the file from now on counts, whether or not `happened` is awaited already. */
  next(file: number): PendingChange {
    const path = cString(`/proc/self/fd/${file}`);
    const mask = modified | attributes | deletedSelf | movedSelf | oneShot;
    const watch = succeed(inotifyAdd(this.#inotify.number, path, mask), () => `watch descriptor ${file}`);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    // Whoever begins to wait may leave again without asking for the answer.
    promise.catch(() => undefined);
    const waiter = { resolve: () => { resolve(undefined); }, reject };
    const waiters = this.#waiting.get(watch) ?? new Set();
    waiters.add(waiter);
    this.#waiting.set(watch, waiters);
    if (!this.#looping) void this.#loop();
    return { happened: promise, [Symbol.dispose]: () => { this.#leave(watch, waiter); } };
  }

  #leave(watch: number, waiter: Waiter): void {
    const waiters = this.#waiting.get(watch);
    if (waiters?.delete(waiter) !== true || waiters.size > 0) return;
    this.#waiting.delete(watch);
    if (this.#closing.signal.aborted) return;
    const result = inotifyRemove(this.#inotify.number, watch);
    // It has fired already, and the kernel has taken it away.
    if (result !== -errnoOf("EINVAL")) succeed(result, () => "stop watching a file");
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    const events = Buffer.alloc(4096);
    try {
      for (;;) {
        await this.#poller.ready(this.#inotify.number, "readable", this.#closing.signal);
        this.#drain(events);
      }
    } catch (error) {
      this.#rejectAll(error);
    } finally {
      this.#looping = false;
      if (this.#closing.signal.aborted) this.#inotify.close();
    }
  }

  #drain(events: Buffer): void {
    for (;;) {
      const length = read(this.#inotify.number, events, events.length);
      if (length === -errnoOf("EAGAIN")) return;
      if (length === -errnoOf("EINTR")) continue;
      succeed(length, () => "read what happened to watched files");
      for (let at = 0; at < length; at += recordSize + events.readUInt32LE(at + 12)) {
        if ((events.readUInt32LE(at + 4) & overflowed) === 0) this.#wake(events.readInt32LE(at));
        else for (const watch of [...this.#waiting.keys()]) this.#wake(watch);
      }
    }
  }

  #wake(watch: number): void {
    const waiters = this.#waiting.get(watch);
    if (waiters === undefined) return;
    this.#waiting.delete(watch);
    for (const { resolve } of waiters) resolve();
  }

  #rejectAll(error: unknown): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiters of all) for (const { reject } of waiters) reject(error);
  }

  /** Ends every wait. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    const error = new EngineError("cancelled", "the engine is shutting down");
    this.#closing.abort(error);
    this.#rejectAll(error);
    if (!this.#looping) this.#inotify.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
