import { formatIpNetwork, networkOf, networksOverlap } from "../../base/index.ts";
import type { HostNetworks } from "./host-networks.ts";
import type { NetworkDefinition } from "./network-definition.ts";

/**
 * Where a network on a bridge meets a route or an address that the machine has got since, such as a VPN's: one of the
 * two is not reached by the machine any more. One sentence each. Pure.
 */
export function findOverlaps({ bridge, subnets, macvlan }: Pick<NetworkDefinition, "bridge" | "subnets" | "macvlan">, { links, addresses, routes }: HostNetworks): string[] {
  // On a link of the machine it is meant to have the machine's own network.
  if (macvlan !== undefined) return [];
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const others = [
    ...routes.map(({ destination, linkIndex }) => ({ network: destination, link: names.get(linkIndex ?? 0) ?? "" })),
    ...addresses.map(({ address, prefixLength, linkIndex }) => ({ network: networkOf(address, prefixLength), link: names.get(linkIndex) ?? "" })),
  ].filter(({ network, link }) => link !== bridge && network.prefixLength > 0);
  const sentences = subnets.flatMap(({ network }) => others.filter((other) => networksOverlap(other.network, network)).map((other) =>
    `the subnet ${formatIpNetwork(network)} overlaps ${formatIpNetwork(other.network)}${other.link === "" ? "" : ` on ${other.link}`}`));
  return [...new Set(sentences)];
}
