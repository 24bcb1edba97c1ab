import type { Socket } from "bun";
import { EngineError } from "../../../base/index.ts";
import { ByteQueue } from "./byte-queue.ts";

/** What the listener tells of the bytes and the end of one connection. */
export type DuplexSocket = Pick<Socket<unknown>, "write" | "end" | "shutdown" | "pause" | "resume" | "terminate">;

/**
 * One connection as two streams of bytes: reading is asked for and stops the peer when nobody asks; writing waits while
 * the peer does not take.
 */
export class Duplex {
  readonly incoming = new ByteQueue();
  private readonly socket: DuplexSocket;
  private readonly mostUnread: number;
  private readonly gone = new AbortController();
  private isPaused = false;
  private hasEnded = false;
  private isClosed = false;
  private unsent: Uint8Array | undefined;
  private writers: Promise<void> = Promise.resolve();
  private writing = 0;
  private readable = Promise.withResolvers<undefined>();
  private hasReader = false;
  private writable: { resolve: () => void; reject: (reason: unknown) => void } | undefined;

  constructor(socket: DuplexSocket, mostUnread: number) {
    this.socket = socket;
    this.mostUnread = mostUnread;
  }

  /** Aborted when the peer is gone in both directions. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** The peer sends nothing more. */
  get inputEnded(): boolean {
    return this.hasEnded;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Resolves when there are new bytes, or never will be. */
  async more(): Promise<void> {
    if (this.hasEnded) return;
    this.listen();
    this.hasReader = true;
    await this.readable.promise;
  }

  /** Lets the peer go on where it was stopped because nobody read. */
  listen(): void {
    if (!this.isPaused || this.isClosed) return;
    this.isPaused = false;
    this.socket.resume();
  }

  /** Everything that comes, to the end; the bytes already here first. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.incoming.take(Number.POSITIVE_INFINITY);
      if (chunk !== undefined) yield chunk;
      else if (this.hasEnded) return;
      else await this.more();
    }
  }

  /**
   * Resolves when the kernel has taken all of it; until then the caller leaves the bytes alone.
   * @throws EngineError `cancelled` when the peer is gone.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.writing === 0) {
      if (this.sendNow(bytes)) return;
      return this.queue(() => this.waitUntilSent());
    }
    return this.queue(async () => {
      if (!this.sendNow(bytes)) await this.waitUntilSent();
    });
  }

  /** Ends our half once everything is written. */
  async endOutput(): Promise<void> {
    await this.queue(() => {
      if (!this.isClosed) this.socket.shutdown();
      return Promise.resolve();
    });
  }

  /** Closes after what was written; the kernel still delivers that. */
  close(): void {
    if (!this.isClosed) this.socket.end();
  }

  /** Drops the connection at once. */
  destroy(): void {
    if (!this.isClosed) this.socket.terminate();
    this.onClose();
  }

  onData(chunk: Uint8Array): void {
    this.incoming.push(chunk);
    if (this.incoming.length > this.mostUnread && !this.isPaused) {
      this.isPaused = true;
      this.socket.pause();
    }
    this.wakeReader();
  }

  onDrain(): void {
    const rest = this.unsent;
    if (rest === undefined) return;
    if (!this.sendNow(rest)) return;
    const { writable } = this;
    this.writable = undefined;
    writable?.resolve();
  }

  onEnd(): void {
    this.hasEnded = true;
    this.wakeReader();
  }

  onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.hasEnded = true;
    this.unsent = undefined;
    this.wakeReader();
    const { writable } = this;
    this.writable = undefined;
    writable?.reject(peerGone());
    this.gone.abort(peerGone());
  }

  private async queue(step: () => Promise<void>): Promise<void> {
    this.writing += 1;
    const mine = this.writers.then(step);
    // A writer's failure is its own; the next one meets the closed connection by itself.
    this.writers = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      this.writing -= 1;
    }
  }

  /** False: a rest is left for {@link onDrain}. */
  private sendNow(bytes: Uint8Array): boolean {
    if (this.isClosed) throw peerGone();
    const sent = this.socket.write(bytes);
    if (sent < 0) throw peerGone();
    this.unsent = sent < bytes.length ? bytes.subarray(sent) : undefined;
    return this.unsent === undefined;
  }

  private async waitUntilSent(): Promise<void> {
    if (this.isClosed) throw peerGone();
    if (this.unsent === undefined) return;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.writable = { resolve: () => { resolve(undefined); }, reject };
    await promise;
  }

  private wakeReader(): void {
    if (!this.hasReader) return;
    this.hasReader = false;
    const { readable } = this;
    this.readable = Promise.withResolvers<undefined>();
    readable.resolve(undefined);
  }
}

function peerGone(): EngineError {
  return new EngineError("cancelled", "the client closed the connection");
}
