import { ipAddressBytes } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { be16, bytes, nested, u32, u8 } from "./attribute.ts";
import type { NetlinkRequest } from "./message.ts";
import { netfilterRequest } from "./netfilter.ts";

/** linux/netfilter/nfnetlink_conntrack.h. */
const deleteMessage = 2;
const attribute = { original: 1, reply: 2, filter: 25 };
const tupleAttribute = { address: 1, protocol: 2 };
const addressAttribute = { source4: 1, source6: 3 };
const protocolAttribute = { number: 1, destinationPort: 3 };
const filterAttribute = { original: 1, reply: 2 };
/** Which parts of a tuple a filter compares. */
const compare = { source: 1 << 0, protocol: 1 << 3, destinationPort: 1 << 5 };

/** Forgets every flow of a protocol that was first sent to a port of this machine, whichever its address. */
export function forgetFlowsToPort(family: IpFamily, protocol: number, port: number): NetlinkRequest {
  return netfilterRequest({
    purpose: `forget the flows to port ${port}`,
    subsystem: "conntrack",
    message: deleteMessage,
    family: family === 4 ? "ipv4" : "ipv6",
    attributes: [
      nested(attribute.original, [
        nested(tupleAttribute.protocol, [u8(protocolAttribute.number, protocol), be16(protocolAttribute.destinationPort, port)]),
      ]),
      nested(attribute.filter, [u32(filterAttribute.original, compare.protocol | compare.destinationPort)]),
    ],
  });
}

/** Forgets every flow that an address answers, also where it was reached under another. */
export function forgetFlowsAnsweredBy(address: IpAddress): NetlinkRequest {
  const isV4 = address.family === 4;
  return netfilterRequest({
    purpose: "forget the flows of an address",
    subsystem: "conntrack",
    message: deleteMessage,
    family: isV4 ? "ipv4" : "ipv6",
    attributes: [
      nested(attribute.reply, [
        nested(tupleAttribute.address, [
          bytes(isV4 ? addressAttribute.source4 : addressAttribute.source6, ipAddressBytes(address)),
        ]),
      ]),
      nested(attribute.filter, [u32(filterAttribute.reply, compare.source)]),
    ],
  });
}
