import { decodeAttributes, netfilterRequest, requestFlags } from "../netlink/index.ts";
import type { NetlinkMessage, NetlinkRequest } from "../netlink/index.ts";

/** linux/netfilter/nf_tables.h. */
const getChain = 4;
const attribute = { table: 1, name: 3, hook: 4, policy: 5 };
const hookAttribute = { number: 1 };
const familyNames: Readonly<Record<number, string>> = { 1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6" };
const hookNames = ["prerouting", "input", "forward", "output", "postrouting"];

export interface FirewallChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Absent: a chain that others jump to. */
  readonly hook?: string;
  readonly dropsByDefault: boolean;
}

/** Every chain of the machine, of all tables. */
export function listChains(): NetlinkRequest {
  return netfilterRequest({
    purpose: "list the firewall's chains", subsystem: "nftables", message: getChain, family: "unspecified",
    flags: requestFlags.dump, attributes: [],
  });
}

export function decodeChain({ payload }: NetlinkMessage): FirewallChain {
  const attributes = decodeAttributes(payload.subarray(4));
  const hook = attributes.get(attribute.hook);
  const hookNumber = hook === undefined ? undefined : decodeAttributes(hook).get(hookAttribute.number)?.readUInt32BE();
  const hookName = hookNumber === undefined ? undefined : hookNames[hookNumber];
  return {
    family: familyNames[payload.readUInt8(0)] ?? "unknown",
    table: textOf(attributes.get(attribute.table)),
    name: textOf(attributes.get(attribute.name)),
    ...(hookName === undefined ? {} : { hook: hookName }),
    dropsByDefault: attributes.get(attribute.policy)?.readUInt32BE() === 0,
  };
}

function textOf(data: Buffer | undefined): string {
  return data === undefined ? "" : data.toString("utf8").replace(/\0.*$/s, "");
}
