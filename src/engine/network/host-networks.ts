import { networkOf } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";
import { decodeAddress, decodeLink, decodeRoute, listAddresses, listLinks, listRoutes } from "../../host/netlink/index.ts";
import type { Link, LinkAddress, NetlinkSocket, Route } from "../../host/netlink/index.ts";

const mainTable = 254;

/** The machine's links, addresses and routes at one moment. */
export interface HostNetworks {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
  /** Of the main table. */
  readonly routes: readonly Route[];
}

export function readHostNetworks(socket: NetlinkSocket): HostNetworks {
  const routes = ([4, 6] as const).flatMap((family) => socket.list(listRoutes(family)).map(decodeRoute));
  return {
    links: linksOf(socket),
    addresses: socket.list(listAddresses()).map(decodeAddress).filter((address) => address !== undefined),
    routes: routes.filter((route) => route?.table === mainTable).filter((route) => route !== undefined),
  };
}

export function linksOf(socket: NetlinkSocket): Link[] {
  return socket.list(listLinks()).map(decodeLink);
}

/** Every network that a route or an address names; those of one link may be left out. */
export function networksInUse({ addresses, routes }: HostNetworks, exceptLink?: number): IpNetwork[] {
  const isOther = ({ linkIndex }: { linkIndex?: number }): boolean => exceptLink === undefined || linkIndex !== exceptLink;
  return [
    ...addresses.filter(isOther).map(({ address, prefixLength }) => networkOf(address, prefixLength)),
    ...routes.filter(isOther).map(({ destination }) => destination).filter(({ prefixLength }) => prefixLength > 0),
  ];
}

/** The largest packet that the machine's own way out takes; 1500 where it has none. */
export function uplinkMtu({ links, routes }: HostNetworks): number {
  const uplink = routes.find(({ destination }) => destination.address.family === 4 && destination.prefixLength === 0);
  return links.find(({ index }) => index === uplink?.linkIndex)?.mtu ?? 1500;
}
