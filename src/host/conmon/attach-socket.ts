import { setImmediate, setTimeout } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import { closeDescriptor, cString, Descriptor, errnoOf, isSystemError, succeed, systemCall } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";
import { isAccepted } from "./accepted.ts";

const socket = systemCall<[number, number, number]>("socket", "iii");
const connect = systemCall<[number, Uint8Array, number]>("connect", "ipi");
const receive = systemCall<[number, Uint8Array, number, number, null, null]>("recvfrom", "ipiipp");
const send = systemCall<[number, Uint8Array, number, number, null, number]>("sendto", "ipiipi");
const shutdown = systemCall<[number, number]>("shutdown", "ii");
const control = systemCall<[number, number, number]>("fcntl", "iii");
const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");

const unixFamily = 1;
const sequencedPackets = 5;
const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
const withoutSignal = 0x4000;
const peek = 2;
const promptAttempts = 50;
const duplicateCloseOnExec = 1030;
const writeSide = 1;
const pathOnly = 0o10000000;
const longestAddress = 107;
/** conmon reads the program's output in pieces of 8 KiB and puts one byte before each. */
const largestPacket = 8193;
const batchSize = 64 * 1024;
/** Milliseconds. */
const longestQueueing = 10_000;
/** What conmon reads at once from a client. */
const largestInput = 8192;

export interface Output {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/**
 * A client of conmon's attach socket. It sees what the program writes from now on, and writes to its input. With a
 * terminal all output is "stdout". conmon waits for a client that does not read, and the program with it.
 */
export class AttachSocket implements Disposable {
  readonly #poller: Poller;
  readonly #reader: Descriptor;
  /** The same socket under a second number, since each number can be waited for in one way at a time. */
  readonly #writer: Descriptor;
  readonly #buffer = Buffer.allocUnsafe(batchSize + largestPacket);
  #held: Output | undefined;

  private constructor(poller: Poller, reader: Descriptor, writer: Descriptor) {
    this.#poller = poller;
    this.#reader = reader;
    this.#writer = writer;
  }

  /** @throws SystemError, ENOENT or ECONNREFUSED where the program has ended */
  static connect(path: string, poller: Poller): AttachSocket {
    const reader = new Descriptor(
      succeed(socket(unixFamily, sequencedPackets | closeOnExec | nonBlocking, 0), () => "make an attach socket"),
    );
    try {
      connectTo(reader, path);
      const copy = succeed(control(reader.number, duplicateCloseOnExec, 0), () => "duplicate an attach socket");
      return new AttachSocket(poller, reader, new Descriptor(copy));
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /**
   * The same while conmon has more clients to take than its queue holds; nothing tells when there is room again.
   * @throws EngineError `timeout` when it takes none for ten seconds, such as one that waits for a client that does not read
   */
  static async connectInTurn(path: string, poller: Poller): Promise<AttachSocket> {
    return await AttachSocket.#connectBefore(path, poller, performance.now() + longestQueueing);
  }

  /**
   * The same, and resolves when conmon has taken the client: what a program writes before that would not reach it, and a
   * program that is started now may be at its end before conmon looks at its queue. Not for an exec that was not told to
   * run: its conmon takes nobody until then.
   */
  static async connectTaken(path: string, poller: Poller): Promise<AttachSocket> {
    const latest = performance.now() + longestQueueing;
    const connected = await AttachSocket.#connectBefore(path, poller, latest);
    await connected.#taken(latest);
    return connected;
  }

  static async #connectBefore(path: string, poller: Poller, latest: number): Promise<AttachSocket> {
    for (let delay = 1; ; delay = Math.min(delay * 2, 100)) {
      try {
        return AttachSocket.connect(path, poller);
      } catch (error) {
        if (!isSystemError(error) || error.errno !== errnoOf("EAGAIN")) throw error;
        if (performance.now() > latest) throw new EngineError("timeout", "cannot attach: too many clients wait, and one that is attached does not read", { cause: error });
      }
      await setTimeout(delay);
    }
  }

  /** Nothing tells, so it is asked for. One that is not taken in time stays in the queue. */
  async #taken(latest: number): Promise<void> {
    for (let attempt = 0; !this.#hasNews() && !isAccepted(this.#reader) && performance.now() < latest; attempt++) {
      // As a rule it is a matter of microseconds; a machine that is busy is not kept busier for longer.
      await (attempt < promptAttempts ? setImmediate() : setTimeout(5));
    }
  }

  /** Output has come already, or conmon is gone and will not take anybody. */
  #hasNews(): boolean {
    const byte = Buffer.alloc(1);
    return receive(this.#reader.number, byte, 1, peek, null, null) !== -errnoOf("EAGAIN");
  }

  /** The next output, what has piled up in one piece. @returns undefined at the end, when the program has ended */
  async read(signal?: AbortSignal): Promise<Output | undefined> {
    for (;;) {
      const output = this.#drain();
      if (output !== "nothing yet") return output;
      await this.#poller.ready(this.#reader.number, "readable", signal);
    }
  }

  #drain(): Output | undefined | "nothing yet" {
    let stream = this.#held?.stream;
    let length = 0;
    if (this.#held !== undefined) {
      length = this.#held.bytes.length;
      this.#buffer.set(this.#held.bytes);
      this.#held = undefined;
    }
    while (length < batchSize) {
      const packet = this.#buffer.subarray(length, length + largestPacket);
      const result = receive(this.#reader.number, packet, packet.length, 0, null, null);
      // A reset is told before what is still queued: conmon left input of ours unread when it went.
      if (result === -errnoOf("EINTR") || result === -errnoOf("ECONNRESET")) continue;
      const ended = result === 0;
      if (ended || result === -errnoOf("EAGAIN")) {
        if (stream === undefined || length === 0) return ended ? undefined : "nothing yet";
        break;
      }
      succeed(result, () => "read a program's output");
      const from = packet[0] === 3 ? "stderr" : "stdout";
      if (stream !== undefined && from !== stream) {
        this.#held = { stream: from, bytes: Buffer.from(packet.subarray(1, result)) };
        break;
      }
      stream = from;
      packet.copyWithin(0, 1, result);
      length += result - 1;
    }
    return { stream: stream ?? "stdout", bytes: Buffer.from(this.#buffer.subarray(0, length)) };
  }

  /** Writes to the program's input; resolves when conmon has taken it. @returns false when the program reads no more */
  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + largestInput);
      const result = send(this.#writer.number, piece, piece.length, withoutSignal, null, 0);
      if (result === -errnoOf("EPIPE") || result === -errnoOf("ECONNRESET")) return false;
      if (result === -errnoOf("EAGAIN")) await this.#poller.ready(this.#writer.number, "writable", signal);
      else if (result !== -errnoOf("EINTR")) at += succeed(result, () => "write to a program's input");
    }
    return true;
  }

  /** Ends the program's input where it is not kept open for other clients; its output goes on. */
  endInput(): void {
    const result = shutdown(this.#writer.number, writeSide);
    if (result !== -errnoOf("ENOTCONN")) succeed(result, () => "end a program's input");
  }

  close(): void {
    this.#reader.close();
    this.#writer.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function connectTo(descriptor: Descriptor, path: string): void {
  if (Buffer.byteLength(path) <= longestAddress) {
    connectAddress(descriptor, path, path);
    return;
  }
  // A socket's address has 107 bytes; a handle on the folder stands for the rest of a longer path.
  const slash = path.lastIndexOf("/");
  const folder = succeed(openat(-100, cString(path.slice(0, slash)), pathOnly | closeOnExec, 0), () => `open ${path}`);
  try {
    connectAddress(descriptor, `/proc/self/fd/${folder}${path.slice(slash)}`, path);
  } finally {
    closeDescriptor(folder);
  }
}

function connectAddress(descriptor: Descriptor, address: string, path: string): void {
  const bytes = Buffer.alloc(110);
  bytes.writeUInt16LE(unixFamily, 0);
  bytes.write(address, 2);
  succeed(connect(descriptor.number, bytes, bytes.length), () => `attach to ${path}`);
}
