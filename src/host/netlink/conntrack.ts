import { ipAddressBytes } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { isSystemError } from "../libc/index.ts";
import { be16, bytes, decodeAttributes, nested, u32, u8 } from "./attribute.ts";
import type { Attribute } from "./attribute.ts";
import { requestFlags } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";
import { netfilterRequest } from "./netfilter.ts";
import type { NetlinkSocket } from "./socket.ts";

/** linux/netfilter/nfnetlink_conntrack.h. */
const messages = { get: 1, delete: 2 };
const attribute = { original: 1, reply: 2, id: 12, filter: 25 };
const tupleAttribute = { address: 1, protocol: 2 };
const addressAttribute = { source4: 1, source6: 3 };
const protocolAttribute = { number: 1, destinationPort: 3 };
const filterAttribute = { original: 1, reply: 2 };
/** Which parts of a tuple a filter compares. */
const compare = { source: 1 << 0, protocol: 1 << 3, destinationPort: 1 << 5 };
const nestedFlag = 0x8000;
/** struct nfgenmsg. */
const headerSize = 4;

/** What flows in the kernel's table of connections have in common. */
export interface FlowPattern {
  readonly purpose: string;
  readonly family: IpFamily;
  readonly attributes: readonly Attribute[];
}

/** Every flow of a protocol that was first sent to a port of this machine, whichever its address. */
export function flowsToPort(family: IpFamily, protocol: number, port: number): FlowPattern {
  return {
    purpose: `forget the flows to port ${port}`,
    family,
    attributes: [
      nested(attribute.original, [
        nested(tupleAttribute.protocol, [u8(protocolAttribute.number, protocol), be16(protocolAttribute.destinationPort, port)]),
      ]),
      nested(attribute.filter, [u32(filterAttribute.original, compare.protocol | compare.destinationPort)]),
    ],
  };
}

/** Every flow that an address answers, also where it was reached under another. */
export function flowsAnsweredBy(address: IpAddress): FlowPattern {
  const source = address.family === 4 ? addressAttribute.source4 : addressAttribute.source6;
  return {
    purpose: "forget the flows of an address",
    family: address.family,
    attributes: [
      nested(attribute.reply, [nested(tupleAttribute.address, [bytes(source, ipAddressBytes(address))])]),
      nested(attribute.filter, [u32(filterAttribute.reply, compare.source)]),
    ],
  };
}

/** Forgets flows: their next packet is judged like a first one. */
export function forgetFlows(socket: NetlinkSocket, pattern: FlowPattern): void {
  try {
    socket.request(conntrackRequest(pattern, { message: messages.delete }));
  } catch (error) {
    if (!isSystemError(error, "EINVAL")) throw error;
    forgetOneByOne(socket, pattern);
  }
}

/** An older kernel, such as 6.1, lists flows by a pattern, and deletes those only that are told in full. */
function forgetOneByOne(socket: NetlinkSocket, pattern: FlowPattern): void {
  for (const flow of socket.list(conntrackRequest(pattern, { message: messages.get, flags: requestFlags.dump }))) {
    try {
      socket.request(conntrackRequest({ ...pattern, attributes: identityOf(flow) }, { message: messages.delete }));
    } catch (error) {
      // It has ended meanwhile.
      if (!isSystemError(error, "ENOENT")) throw error;
    }
  }
}

function identityOf({ payload }: NetlinkMessage): Attribute[] {
  const found = decodeAttributes(payload.subarray(headerSize));
  return [[attribute.original, nestedFlag], [attribute.id, 0]].flatMap(([type = 0, flag = 0]) => {
    const value = found.get(type);
    return value === undefined ? [] : [bytes(type | flag, value)];
  });
}

function conntrackRequest({ purpose, family, attributes }: FlowPattern, kind: { readonly message: number; readonly flags?: number }): NetlinkRequest {
  return netfilterRequest({ purpose, subsystem: "conntrack", family: family === 4 ? "ipv4" : "ipv6", attributes, ...kind });
}
