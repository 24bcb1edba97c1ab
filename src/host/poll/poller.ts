import { EngineError } from "../../base/index.ts";
import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";

const epollCreate = systemCall<[number]>("epoll_create1", "i");
const epollControl = systemCall<[number, number, number, Uint8Array | null]>("epoll_ctl", "iiip");
const epollWait = systemCall<[number, Uint8Array, number, number, null, number]>("epoll_pwait", "ipiipi");
const eventDescriptor = systemCall<[number, number]>("eventfd2", "ii");
const write = systemCall<[number, Uint8Array, number]>("write", "ipi");

const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
const add = 1;
const remove = 2;
const oneShot = 1 << 30;
const readable = 0x001;
const urgent = 0x002;
const writable = 0x004;
const signalSetSize = 8;
const eventsAtOnce = 64;
/** struct epoll_event is packed on x86_64 and only there. */
const recordSize = process.arch === "x64" ? 12 : 16;
const dataOffset = recordSize - 8;

/** "changed": a file of the kernel's own, such as a cgroup's, says something else than when it was last read. */
type Wanted = "readable" | "writable" | "changed";

const eventOf: Readonly<Record<Wanted, number>> = { readable, writable, changed: urgent };

/**
 * Waits for descriptors that the JavaScript runtime cannot wait for itself: pidfds, packet sockets, FIFOs. One thread
 * of the pool sleeps in epoll for all of them, whatever their number. An engine starts with a pool that is larger than
 * that (docs/architecture.md, "Threads").
 */
export class Poller implements Disposable {
  readonly #epoll: Descriptor;
  readonly #wakeUp: Descriptor;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  readonly #ended: Promise<void>;
  #closing = false;

  constructor() {
    this.#epoll = new Descriptor(succeed(epollCreate(closeOnExec), () => "create an epoll descriptor"));
    this.#wakeUp = new Descriptor(succeed(eventDescriptor(0, closeOnExec | nonBlocking), () => "create an event descriptor"));
    succeed(epollControl(this.#epoll.number, add, this.#wakeUp.number, record(readable, this.#wakeUp.number)), () => "watch the event descriptor");
    this.#ended = this.#loop();
  }

  /**
   * Resolves once, when the descriptor is ready, has ended or is broken; the next operation on it tells which.
   * One wait for a descriptor at a time.
   * @throws the signal's reason when it is aborted first, EngineError `cancelled` when the poller is closed first
   */
  async ready(descriptor: number, wanted: Wanted, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#closing) throw closed();
    if (this.#waiting.has(descriptor)) throw new EngineError("internal", `descriptor ${descriptor} is waited for already`);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#waiting.set(descriptor, { resolve: () => { resolve(undefined); }, reject });
    const event = record(eventOf[wanted] | oneShot, descriptor);
    const abort = (): void => { reject(signal?.reason); };
    try {
      succeed(epollControl(this.#epoll.number, add, descriptor, event), () => `wait for descriptor ${descriptor}`);
      signal?.addEventListener("abort", abort, { once: true });
      await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#waiting.delete(descriptor);
      // Also after it fired: the registration would outlive the descriptor if another process shares its file.
      if (!this.#epoll.closed) epollControl(this.#epoll.number, remove, descriptor, null);
    }
  }

  async #loop(): Promise<void> {
    const events = Buffer.alloc(eventsAtOnce * recordSize);
    while (!this.#closing) {
      const count = await epollWait.later(this.#epoll.number, events, eventsAtOnce, -1, null, signalSetSize);
      if (count === -errnoOf("EINTR")) continue;
      succeed(count, () => "wait for descriptors");
      for (let i = 0; i < count; i++) {
        this.#waiting.get(events.readInt32LE(i * recordSize + dataOffset))?.resolve();
      }
    }
  }

  /** Ends every wait; the thread goes back to the pool. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    for (const { reject } of this.#waiting.values()) reject(closed());
    const one = Buffer.alloc(8);
    one.writeBigUInt64LE(1n);
    succeed(write(this.#wakeUp.number, one, one.length), () => "wake the poller");
    const release = (): void => {
      this.#epoll.close();
      this.#wakeUp.close();
    };
    void this.#ended.then(release, release);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function record(events: number, descriptor: number): Uint8Array {
  const bytes = Buffer.alloc(recordSize);
  bytes.writeUInt32LE(events >>> 0, 0);
  bytes.writeInt32LE(descriptor, dataOffset);
  return bytes;
}

function closed(): EngineError {
  return new EngineError("cancelled", "the engine is shutting down");
}
