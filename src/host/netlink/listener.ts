import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";
import { decodeMessages } from "./message.ts";
import type { NetlinkMessage } from "./message.ts";
import { netlinkProtocols } from "./protocol.ts";
import type { NetlinkProtocol } from "./protocol.ts";

/** linux/netlink.h and sys/socket.h. */
const familyNetlink = 16;
const typeRaw = 3;
const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;
const levelNetlink = 270;
const optionAddMembership = 1;
const levelSocket = 1;
const optionReceiveBufferForce = 33;
const bufferSize = 4 << 20;

/** Multicast groups: linux/netfilter/nfnetlink.h and linux/rtnetlink.h. */
export const netlinkGroups = { nftables: 7, addresses4: 5, routes4: 7, addresses6: 9, routes6: 11 } as const;

const socket = systemCall<[number, number, number]>("socket", "iii");
const bind = systemCall<[number, Uint8Array, number]>("bind", "ipi");
const setsockopt = systemCall<[number, number, number, Uint8Array, number]>("setsockopt", "iiipi");
const recvfrom = systemCall<[number, Uint8Array, number, number, null, null]>("recvfrom", "ipiipp");

/** struct sockaddr_nl, whose port the kernel chooses. */
const anyAddress = Buffer.alloc(12);
anyAddress.writeUInt16LE(familyNetlink);

/**
 * Hears what the kernel tells everybody about changes to the networking of the namespace in which it was made. Wait for
 * its descriptor to be readable, then take what is there.
 */
export class NetlinkListener implements Disposable {
  readonly #descriptor: Descriptor;
  readonly #received = Buffer.alloc(256 << 10);

  constructor(protocol: NetlinkProtocol, groups: readonly number[]) {
    const opened = socket(familyNetlink, typeRaw | closeOnExec | nonBlocking, netlinkProtocols[protocol]);
    this.#descriptor = new Descriptor(succeed(opened, () => "listen to the kernel's networking"));
    // Without an address of its own it would be left out of what is told to everybody.
    succeed(bind(this.#descriptor.number, anyAddress, anyAddress.length), () => "listen to the kernel's networking");
    for (const group of groups) this.#setOption(levelNetlink, optionAddMembership, group);
    this.#setOption(levelSocket, optionReceiveBufferForce, bufferSize);
  }

  get descriptor(): number {
    return this.#descriptor.number;
  }

  /** Everything that was told since the last time; "overrun" when it was more than the kernel keeps, and some of it is lost. */
  take(): NetlinkMessage[] | "overrun" {
    const messages: NetlinkMessage[] = [];
    for (let isOverrun = false; ; ) {
      const length = recvfrom(this.#descriptor.number, this.#received, this.#received.length, 0, null, null);
      if (length === -errnoOf("EINTR")) continue;
      if (length === -errnoOf("EAGAIN")) return isOverrun ? "overrun" : messages;
      if (length === -errnoOf("ENOBUFS")) {
        isOverrun = true;
        continue;
      }
      succeed(length, () => "listen to the kernel's networking");
      messages.push(...decodeMessages(Buffer.from(this.#received.subarray(0, length))));
    }
  }

  [Symbol.dispose](): void {
    this.#descriptor.close();
  }

  #setOption(level: number, option: number, value: number): void {
    const data = Buffer.alloc(4);
    data.writeInt32LE(value);
    succeed(setsockopt(this.#descriptor.number, level, option, data, data.length), () => "set up a netlink socket");
  }
}
