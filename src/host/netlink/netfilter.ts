import type { Attribute } from "./attribute.ts";
import type { NetlinkRequest } from "./message.ts";

/** linux/netfilter/nfnetlink.h. */
const subsystems = { conntrack: 1, nftables: 10 };
const batchBegin = 16;
const batchEnd = 17;

/** linux/netfilter.h, NFPROTO_*. */
export const netfilterFamilies = { unspecified: 0, inet: 1, ipv4: 2, netdev: 5, bridge: 7, ipv6: 10 } as const;

export interface NetfilterRequest {
  readonly purpose: string;
  readonly subsystem: keyof typeof subsystems;
  readonly message: number;
  readonly family: keyof typeof netfilterFamilies;
  readonly flags?: number;
  readonly attributes: readonly Attribute[];
}

/** A message to a part of netfilter, with its struct nfgenmsg. */
export function netfilterRequest({ purpose, subsystem, message, family, flags, attributes }: NetfilterRequest): NetlinkRequest {
  return {
    purpose,
    type: (subsystems[subsystem] << 8) | message,
    ...(flags === undefined ? {} : { flags }),
    header: Uint8Array.of(netfilterFamilies[family], 0, 0, 0),
    attributes,
  };
}

/** Around the requests of one transaction on nftables: all of them happen, or none does. */
export function transactionBounds(): { begin: NetlinkRequest; end: NetlinkRequest } {
  const bound = (type: number): NetlinkRequest => ({
    purpose: "change the firewall",
    type,
    // res_id, big-endian: the subsystem that the batch is for.
    header: Uint8Array.of(netfilterFamilies.unspecified, 0, 0, subsystems.nftables),
    attributes: [],
  });
  return { begin: bound(batchBegin), end: bound(batchEnd) };
}
