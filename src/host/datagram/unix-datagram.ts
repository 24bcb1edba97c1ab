import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";

const socket = systemCall<[number, number, number]>("socket", "iii");
const connect = systemCall<[number, Uint8Array, number]>("connect", "ipi");
const send = systemCall<[number, Uint8Array, number, number, null, number]>("sendto", "ipiipi");

const unixFamily = 1;
const datagrams = 2;
const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
const withoutSignal = 0x4000;
/** unix(7): sun_path with its NUL. */
const longestPath = 107;

/** A unix socket of datagrams, such as a machine's /dev/log, to which messages are sent whole. */
export class UnixDatagram implements Disposable {
  readonly #poller: Poller;
  readonly #path: string;
  readonly #socket: Descriptor;

  private constructor(poller: Poller, path: string, descriptor: Descriptor) {
    this.#poller = poller;
    this.#path = path;
    this.#socket = descriptor;
  }

  /** @throws SystemError, ENOENT or ECONNREFUSED where nobody takes messages there, EPROTOTYPE where it is a stream */
  static connect(path: string, poller: Poller): UnixDatagram {
    const descriptor = new Descriptor(succeed(socket(unixFamily, datagrams | closeOnExec | nonBlocking, 0), () => "make a datagram socket"));
    try {
      const address = Buffer.alloc(2 + Math.max(longestPath + 1, Buffer.byteLength(path) + 1));
      address.writeUInt16LE(unixFamily, 0);
      address.write(path, 2);
      succeed(connect(descriptor.number, address, 2 + Buffer.byteLength(path) + 1), () => `connect to ${path}`);
      return new UnixDatagram(poller, path, descriptor);
    } catch (error) {
      descriptor.close();
      throw error;
    }
  }

  /** Resolves when the kernel has taken the message; it waits while the receiver's queue is full. @throws SystemError */
  async send(message: Uint8Array, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const result = send(this.#socket.number, message, message.length, withoutSignal, null, 0);
      if (result === -errnoOf("EAGAIN")) await this.#poller.ready(this.#socket.number, "writable", signal);
      else if (result !== -errnoOf("EINTR")) return void succeed(result, () => `send to ${this.#path}`);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
