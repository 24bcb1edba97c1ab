import { Descriptor, SystemError, errnoOf, succeed, systemCall } from "../libc/index.ts";
import { controlTypes, decodeMessages, decodeOutcome, encodeRequest } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";
import { transactionBounds } from "./netfilter.ts";
import { netlinkProtocols } from "./protocol.ts";
import type { NetlinkProtocol } from "./protocol.ts";

/** linux/netlink.h and sys/socket.h. */
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

  constructor(protocol: NetlinkProtocol) {
    const opened = socket(familyNetlink, typeRaw | closeOnExec, netlinkProtocols[protocol]);
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
   * Sends requests on another thread, for those over which the kernel takes its time. One call after the other.
   * @returns one outcome for each request: nothing, or why the kernel refused it.
   */
  async attemptLater(requests: readonly NetlinkRequest[]): Promise<(NetlinkError | undefined)[]> {
    const numbered = this.#number(requests.map((request) => ({ request, acknowledged: true })));
    const data = encodeAll(numbered);
    succeed(await sendto.later(this.#descriptor.number, data, data.length, 0, null, 0), () => purposeOf(numbered));
    return this.#collect(numbered).outcomes;
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
    const numbered = this.#number(parts);
    this.#write(encodeAll(numbered), purposeOf(numbered));
    const { outcomes, answers } = this.#collect(numbered);
    const failure = outcomes.find((outcome) => outcome !== undefined);
    if (failure !== undefined) throw failure;
    return answers;
  }

  #number(parts: readonly Part[]): NumberedPart[] {
    return parts.map((part) => ({ ...part, sequence: this.#nextSequence() }));
  }

  /** Reads until each part that wants an acknowledgement has one. */
  #collect(parts: readonly NumberedPart[]): Collected {
    const collected: Collected = { outcomes: parts.map(() => undefined), answers: [] };
    const waiting = new Set(parts.filter(({ acknowledged }) => acknowledged).map(({ sequence }) => sequence));
    while (waiting.size > 0) {
      for (const message of this.#read(purposeOf(parts))) sortIn(message, { parts, waiting, collected });
    }
    return collected;
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

interface NumberedPart extends Part {
  readonly sequence: number;
}

interface Collected {
  readonly outcomes: (NetlinkError | undefined)[];
  readonly answers: NetlinkMessage[];
}

interface Collecting {
  readonly parts: readonly NumberedPart[];
  /** Numbers of the parts without an outcome. */
  readonly waiting: Set<number>;
  readonly collected: Collected;
}

function sortIn(message: NetlinkMessage, { parts, waiting, collected }: Collecting): void {
  const index = parts.findIndex(({ sequence }) => sequence === message.sequence);
  const part = parts[index];
  if (part === undefined) return;
  if (message.type !== controlTypes.error) {
    collected.answers.push(message);
    return;
  }
  waiting.delete(message.sequence);
  const outcome = decodeOutcome(message);
  if (outcome.errno === 0) return;
  collected.outcomes[index] = new NetlinkError(part.request, { ...outcome, index });
  // A batch refused as a whole has no acknowledgement for its parts.
  if (!part.acknowledged) waiting.clear();
}

function encodeAll(parts: readonly NumberedPart[]): Buffer {
  return Buffer.concat(parts.map((part) => encodeRequest(part.request, part)));
}

function purposeOf(parts: readonly Part[]): string {
  return parts.find(({ acknowledged }) => acknowledged)?.request.purpose ?? "talk to the kernel";
}
