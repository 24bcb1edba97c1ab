import { formatIpAddress, ipAddressBytes, parseIpAddress } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import { addElements, deleteElements } from "../../host/nftables/index.ts";
import type { ElementField, MapElement } from "../../host/nftables/index.ts";
import type { NetlinkRequest } from "../../host/netlink/index.ts";
import type { Endpoint } from "./contract.ts";
import { macAddressOf } from "./mac-address.ts";
import { hostLinkName } from "./namespace-setup.ts";
import type { NetworkDefinition } from "./network-definition.ts";

/*
 * No container speaks under an address that is somebody else's: of another container or of a gateway, in IP, in ARP, in
 * neighbour discovery and in Ethernet. Addresses that are nobody's are its own affair: a virtual address that moves
 * between containers, or the pods of a cluster in containers, go on to work.
 */

/** What the engine's table of the family "bridge" looks frames up in, with the types; IPv6 as bytes, since nft has no word for the address in a neighbour's advertisement. */
export const guardSets = {
  macs: "type ether_addr",
  macs_by_port: "type ifname . ether_addr",
  addresses4: "type ipv4_addr",
  addresses4_by_port: "type ifname . ipv4_addr",
  addresses6: "typeof @nh,64,128",
  addresses6_by_port: "typeof iifname . @nh,64,128",
} as const;

export type GuardSet = keyof typeof guardSets;

export const guardRules: readonly string[] = [
  "ether saddr @macs iifname . ether saddr != @macs_by_port drop",
  "ip saddr @addresses4 iifname . ip saddr != @addresses4_by_port drop",
  "arp saddr ip @addresses4 iifname . arp saddr ip != @addresses4_by_port drop",
  "ether type ip6 @nh,64,128 @addresses6 iifname . @nh,64,128 != @addresses6_by_port drop",
  "icmpv6 type nd-neighbor-advert @th,64,128 @addresses6 iifname . @th,64,128 != @addresses6_by_port drop",
];

/** One address of somebody; with a port, that it is used from there. */
export type Ownership =
  | { readonly set: "macs" | "macs_by_port"; readonly port?: string; readonly mac: string }
  | { readonly set: Exclude<GuardSet, "macs" | "macs_by_port">; readonly port?: string; readonly address: IpAddress };

export function endpointOwnerships(endpoint: Endpoint): Ownership[] {
  const port = hostLinkName(endpoint);
  const mac = endpoint.macAddress.toLowerCase();
  const given = [endpoint.ipv4?.address, endpoint.ipv6?.address, ...endpoint.request.linkLocalAddresses ?? []];
  const addresses = given.filter((address) => address !== undefined).map(parseIpAddress);
  return [
    { set: "macs", mac }, { set: "macs_by_port", mac, port },
    ...addresses.flatMap((address): Ownership[] => {
      const set = address.family === 4 ? "addresses4" : "addresses6";
      return [{ set, address }, { set: `${set}_by_port`, address, port }];
    }),
  ];
}

/** Of a network's gateways, which no port of its bridge speaks for. */
export function gatewayOwnerships({ subnets }: Pick<NetworkDefinition, "subnets">): Ownership[] {
  const [first] = subnets;
  return [
    ...(first === undefined ? [] : [{ set: "macs", mac: macAddressOf(first.gateway) } as const]),
    ...subnets.map(({ gateway }): Ownership => ({ set: gateway.family === 4 ? "addresses4" : "addresses6", address: gateway })),
  ];
}

/** As nft writes it. */
export function describeOwnership(ownership: Ownership): string {
  const port = ownership.port === undefined ? [] : [JSON.stringify(ownership.port)];
  return [...port, "mac" in ownership ? ownership.mac : addressText(ownership.address)].join(" . ");
}

export function ownRequests(table: string, ownerships: readonly Ownership[]): NetlinkRequest[] {
  return changes(table, ownerships, addElements);
}

export function disownRequests(table: string, ownerships: readonly Ownership[]): NetlinkRequest[] {
  return changes(table, ownerships, deleteElements);
}

function changes(table: string, ownerships: readonly Ownership[], change: typeof addElements): NetlinkRequest[] {
  return (Object.keys(guardSets) as GuardSet[]).flatMap((set) => {
    const elements = ownerships.filter((ownership) => ownership.set === set).map(elementOf);
    return elements.length === 0 ? [] : [change({ family: "bridge", table, set, elements })];
  });
}

function elementOf(ownership: Ownership): MapElement {
  const owned: ElementField = "mac" in ownership ? { mac: ownership.mac } : { address: ownership.address };
  return { key: ownership.port === undefined ? [owned] : [{ name: ownership.port }, owned] };
}

function addressText(address: IpAddress): string {
  return address.family === 4 ? formatIpAddress(address) : `0x${Buffer.from(ipAddressBytes(address)).toString("hex")}`;
}
