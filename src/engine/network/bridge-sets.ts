import { formatIpNetwork, ipAddressBytes, parseIpAddress } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";
import { addChain, addElements, addRule, deleteChain, deleteElements, hostOrder, networkElements } from "../../host/nftables/index.ts";
import type { Expression, MapElement } from "../../host/nftables/index.ts";
import type { NetlinkRequest } from "../../host/netlink/index.ts";
import type { NetworkDefinition } from "./network-definition.ts";

/** A bridge as the firewall sees it. */
export type FirewallBridge = Pick<NetworkDefinition, "bridge" | "subnets" | "internal" | "interContainer" | "masquerade" | "gatewayModes">;

/** The sets that say what a bridge may do, with their types. */
export const bridgeSets = {
  bridges: "type ifname",
  same_bridge: "type ifname . ifname",
  internal: "type ifname",
  subnets4: "type ipv4_addr; flags interval",
  subnets6: "type ipv6_addr; flags interval",
  routed_subnets4: "type ipv4_addr; flags interval",
  routed_subnets6: "type ipv6_addr; flags interval",
  unprotected4: "type ipv4_addr; flags interval",
  unprotected6: "type ipv6_addr; flags interval",
  masquerade4: "type ipv4_addr; flags interval",
  masquerade6: "type ipv6_addr; flags interval",
} as const;

/** An element of one of the sets: names of links, or a network. */
export type Membership =
  | { readonly set: keyof typeof bridgeSets; readonly links: readonly string[] }
  | { readonly set: keyof typeof bridgeSets; readonly network: IpNetwork };

/**
 * Says "a reply to ::1": set where NAT has just given a packet that address, read where the bridge hands the packet up.
 * Between the two nobody else can see the packet.
 */
export const loopbackReplyMark = 0x77686172;

export function bridgeMemberships({ bridge, subnets, internal, interContainer, masquerade, gatewayModes }: FirewallBridge): Membership[] {
  return [
    { set: "bridges", links: [bridge] },
    ...(interContainer ? [{ set: "same_bridge", links: [bridge, bridge] } as const] : []),
    ...(internal ? [{ set: "internal", links: [bridge] } as const] : []),
    ...subnets.flatMap(({ network }): Membership[] => {
      const { family } = network.address;
      const mode = gatewayModes?.[family] ?? "nat";
      return [
        { set: `subnets${family}`, network },
        ...(masquerade && !internal && mode !== "routed" ? [{ set: `masquerade${family}`, network } as const] : []),
        ...(mode === "routed" && !internal ? [{ set: `routed_subnets${family}`, network } as const] : []),
        ...(mode === "nat-unprotected" && !internal ? [{ set: `unprotected${family}`, network } as const] : []),
      ];
    }),
  ];
}

/** As nft writes it. */
export function describeMembership(membership: Membership): string {
  return "links" in membership ? membership.links.map((link) => JSON.stringify(link)).join(" . ") : formatIpNetwork(membership.network);
}

/** What one more bridge changes in the tables, for one transaction. */
export function addBridgeRequests(table: string, bridge: FirewallBridge): NetlinkRequest[] {
  const chain = { family: "netdev", table, chain: loopbackReplyName(bridge) } as const;
  return [
    ...bridgeMemberships(bridge).map((member) => addElements({ table, set: member.set, elements: elementsOf(member) })),
    addChain({ ...chain, type: "filter", hook: "ingress", priority: 0, device: bridge.bridge }),
    addRule(chain, loopbackReplyRule),
  ];
}

/** The opposite, before the link is deleted. */
export function removeBridgeRequests(table: string, bridge: FirewallBridge): NetlinkRequest[] {
  return [
    ...bridgeMemberships(bridge).map((member) => deleteElements({ table, set: member.set, elements: elementsOf(member) })),
    deleteChain({ family: "netdev", table, chain: loopbackReplyName(bridge) }),
  ];
}

/** A chain's name has fewer letters to choose from than a link's, so those it lacks are written as numbers. */
export function loopbackReplyName({ bridge }: FirewallBridge): string {
  return `loopback_reply_${bridge.replace(/[^A-Za-z0-9_]/g, (letter) => `_${letter.charCodeAt(0)}_`)}`;
}

const ethernetIpv6 = Uint8Array.of(0x86, 0xdd);
const ipv6Destination = { base: "network", offset: 24 } as const;
const ethernetDestination = { base: "link", offset: 0 } as const;
/** ARPHRD_ETHER, in the machine's own order. */
const linkTypeEthernet = 1;
/** lo is the first link of every network namespace. */
const loopbackIndex = 1;

/** The same as the text of {@link rulesetText} says, in the kernel's own form. */
const loopbackReplyRule: readonly Expression[] = [
  { kind: "meta", key: "protocol", comparison: "is", value: ethernetIpv6 },
  { kind: "payload", place: ipv6Destination, value: ipAddressBytes(parseIpAddress("::1")) },
  { kind: "meta", key: "mark", comparison: "is", value: hostOrder(loopbackReplyMark) },
  { kind: "meta", key: "linkType", comparison: "is", value: Uint8Array.of(linkTypeEthernet, 0) },
  { kind: "set payload", place: ethernetDestination, value: new Uint8Array(6) },
  { kind: "forward to", linkIndex: loopbackIndex },
];

function elementsOf(member: Membership): MapElement[] {
  if ("network" in member) return networkElements(member.network);
  return [{ key: member.links.map((name) => ({ name })) }];
}
