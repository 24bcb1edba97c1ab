import { decodeAttributes, encodeAttributes, padded } from "./attribute.ts";
import type { Attribute } from "./attribute.ts";

/** One netlink request before it has a sequence number. */
export interface NetlinkRequest {
  /** What is tried, for the error: "create the bridge wharf0". */
  readonly purpose: string;
  readonly type: number;
  /** Of {@link requestFlags}, beside REQUEST and ACK, which are always set. */
  readonly flags?: number;
  /** The family's own header: ifinfomsg, ifaddrmsg, rtmsg, nfgenmsg. */
  readonly header: Uint8Array;
  readonly attributes: readonly Attribute[];
}

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** linux/netlink.h, NLM_F_*. */
export const requestFlags = {
  request: 0x1,
  acknowledge: 0x4,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const;

/** linux/netlink.h, NLMSG_*. */
export const controlTypes = { error: 2, done: 3 } as const;

const headerSize = 16;
const flagExtendedAck = 0x200;
const attributeErrorText = 1;

export interface Numbering {
  readonly sequence: number;
  /** False within a batch, whose end is acknowledged as a whole. */
  readonly acknowledged: boolean;
}

/** struct nlmsghdr, the family's header and the attributes. */
export function encodeRequest(request: NetlinkRequest, { sequence, acknowledged }: Numbering): Buffer {
  const body = encodeAttributes(request.attributes);
  const message = Buffer.alloc(headerSize + padded(request.header.length) + body.length);
  message.writeUInt32LE(message.length);
  message.writeUInt16LE(request.type, 4);
  message.writeUInt16LE(requestFlags.request | (acknowledged ? requestFlags.acknowledge : 0) | (request.flags ?? 0), 6);
  message.writeUInt32LE(sequence, 8);
  message.set(request.header, headerSize);
  message.set(body, headerSize + padded(request.header.length));
  return message;
}

/** Takes a datagram of the kernel apart. Stops at a length that cannot be. */
export function decodeMessages(datagram: Buffer): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + headerSize <= datagram.length;) {
    const length = datagram.readUInt32LE(at);
    if (length < headerSize || at + length > datagram.length) break;
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      payload: datagram.subarray(at + headerSize, at + length),
    });
    at += padded(length);
  }
  return messages;
}

/**
 * The outcome in an error message: errno 0 is an acknowledgement; `text` is what the kernel has to say beyond the number.
 * A DONE message carries a number in the same place.
 */
export function decodeOutcome(message: NetlinkMessage): { errno: number; text?: string } {
  const errno = message.payload.length < 4 ? 0 : Math.abs(message.payload.readInt32LE(0));
  if ((message.flags & flagExtendedAck) === 0) return { errno };
  const start = message.type === controlTypes.error ? 4 + headerSize : 4;
  const text = decodeAttributes(message.payload.subarray(start)).get(attributeErrorText);
  return text === undefined ? { errno } : { errno, text: zeroTerminated(text) };
}

/** A text up to its terminating zero. */
export function zeroTerminated(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString("utf8", 0, end < 0 ? data.length : end);
}
