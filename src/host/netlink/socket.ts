import { Descriptor, SystemError, errnoOf, succeed, systemCall } from "../libc/index.ts";
import { controlTypes, decodeMessages, decodeOutcome, encodeRequest } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";
import { transactionBounds } from "./netfilter.ts";

/** linux/netlink.h and sys/socket.h. */
const protocols = { route: 0, netfilter: 12 };
const familyNetlink = 16;
const typeRaw = 3;
const closeOnExec = 0o2000000;
const levelNetlink = 270;
const optionCapAck = 10;
const optionExtendedAck = 11;
const levelSocket = 1;
const optionSendBufferForce = 32;
const optionReceiveBufferForce = 33;
const bufferSize = 4 << 20;

const socket = systemCall<[number, number, number]>("socket", "iii");
const setsockopt = systemCall<[number, number, number, Uint8Array, number]>("setsockopt", "iiipi");
const sendto = systemCall<[number, Uint8Array, number, number, null, number]>("sendto", "ipiipi");
const recvfrom = systemCall<[number, Uint8Array, number, number, null, null]>("recvfrom", "ipiipp");

/** A netlink request that the kernel refused: what was tried, and what the kernel had to say about it. */
export class NetlinkError extends SystemError {
  /** Position of the refused request among those that were sent together. */
  readonly index: number;

  constructor(request: NetlinkRequest, outcome: { errno: number; text?: string; index: number }) {
    super(outcome.text === undefined ? request.purpose : `${request.purpose} (${outcome.text})`, outcome.errno);
    this.index = outcome.index;
  }
}

/**
 * A socket to the kernel's networking. It belongs to the network namespace in which it was made, wherever the thread
 * goes later. The kernel answers before the call that sends returns, so nothing here waits.
 */
export class NetlinkSocket implements Disposable {
  readonly #descriptor: Descriptor;
  readonly #received = Buffer.alloc(64 << 10);
  #sequence = 0;

  constructor(protocol: keyof typeof protocols) {
    const opened = socket(familyNetlink, typeRaw | closeOnExec, protocols[protocol]);
    this.#descriptor = new Descriptor(succeed(opened, () => "open a netlink socket"));
    this.#setOption(levelNetlink, optionCapAck, 1);
    this.#setOption(levelNetlink, optionExtendedAck, 1);
    if (protocol === "netfilter") {
      this.#setOption(levelSocket, optionSendBufferForce, bufferSize);
      this.#setOption(levelSocket, optionReceiveBufferForce, bufferSize);
    }
  }

  /**
   * Sends requests in one go; the kernel takes them in order and goes on after one that fails.
   * @returns what was asked for, in order: nothing for a change, the object for a look-up.
   * @throws NetlinkError for the first that failed.
   */
  request(...requests: readonly NetlinkRequest[]): NetlinkMessage[] {
    return this.#exchange(requests.map((request) => ({ request, acknowledged: true })));
  }

  /**
   * Several requests on one, whose failures the caller sorts out.
   * @returns one outcome for each request: nothing, or why the kernel refused it.
   */
  attempt(requests: readonly NetlinkRequest[]): (NetlinkError | undefined)[] {
    return this.#send(requests.map((request) => ({ request, acknowledged: true }))).outcomes;
  }

  /** All of the requests take effect on nftables at once, or none does. @throws NetlinkError for the first that failed. */
  transaction(requests: readonly NetlinkRequest[]): void {
    const { begin, end } = transactionBounds();
    this.#exchange([
      { request: begin, acknowledged: false },
      ...requests.map((request) => ({ request, acknowledged: true })),
      { request: end, acknowledged: false },
    ]);
  }

  /** Everything that a listing request finds. */
  list(request: NetlinkRequest): NetlinkMessage[] {
    const sequence = this.#nextSequence();
    this.#write(encodeRequest(request, { sequence, acknowledged: false }), request.purpose);
    const found: NetlinkMessage[] = [];
    for (;;) {
      for (const message of this.#read(request.purpose)) {
        if (message.sequence !== sequence) continue;
        if (message.type === controlTypes.done || message.type === controlTypes.error) {
          const outcome = decodeOutcome(message);
          if (outcome.errno !== 0) throw new NetlinkError(request, { ...outcome, index: 0 });
          return found;
        }
        found.push(message);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#descriptor.close();
  }

  #exchange(parts: readonly Part[]): NetlinkMessage[] {
    const { outcomes, answers } = this.#send(parts);
    const failure = outcomes.find((outcome) => outcome !== undefined);
    if (failure !== undefined) throw failure;
    return answers;
  }

  /** Sends the parts as one datagram and collects acknowledgements until each part that wants one has it. */
  #send(parts: readonly Part[]): { outcomes: (NetlinkError | undefined)[]; answers: NetlinkMessage[] } {
    const numbered = parts.map((part) => ({ ...part, sequence: this.#nextSequence() }));
    const what = parts.find(({ acknowledged }) => acknowledged)?.request.purpose ?? "talk to the kernel";
    this.#write(Buffer.concat(numbered.map((part) => encodeRequest(part.request, part))), what);
    const outcomes: (NetlinkError | undefined)[] = parts.map(() => undefined);
    const answers: NetlinkMessage[] = [];
    const waiting = new Set(numbered.filter(({ acknowledged }) => acknowledged).map(({ sequence }) => sequence));
    while (waiting.size > 0) {
      for (const message of this.#read(what)) {
        const index = numbered.findIndex(({ sequence }) => sequence === message.sequence);
        const part = numbered[index];
        if (part === undefined) continue;
        if (message.type !== controlTypes.error) answers.push(message);
        else {
          waiting.delete(message.sequence);
          const outcome = decodeOutcome(message);
          if (outcome.errno === 0) continue;
          outcomes[index] = new NetlinkError(part.request, { ...outcome, index });
          // A batch refused as a whole has no acknowledgement for its parts.
          if (!part.acknowledged) waiting.clear();
        }
      }
    }
    return { outcomes, answers };
  }

  #write(data: Buffer, what: string): void {
    succeed(sendto(this.#descriptor.number, data, data.length, 0, null, 0), () => what);
  }

  #read(what: string): NetlinkMessage[] {
    let length = recvfrom(this.#descriptor.number, this.#received, this.#received.length, 0, null, null);
    while (length === -errnoOf("EINTR")) {
      length = recvfrom(this.#descriptor.number, this.#received, this.#received.length, 0, null, null);
    }
    succeed(length, () => what);
    return decodeMessages(Buffer.from(this.#received.subarray(0, length)));
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence % 0xffff_fffe) + 1;
    return this.#sequence;
  }

  #setOption(level: number, option: number, value: number): void {
    const data = Buffer.alloc(4);
    data.writeInt32LE(value);
    succeed(setsockopt(this.#descriptor.number, level, option, data, data.length), () => "set up a netlink socket");
  }
}

interface Part {
  readonly request: NetlinkRequest;
  readonly acknowledged: boolean;
}
