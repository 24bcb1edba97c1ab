import { networkOf } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";
import { decodeAddress, decodeLink, decodeRoute, listAddresses, listLinks, listRoutes } from "../../host/netlink/index.ts";
import type { Link, LinkAddress, NetlinkSocket } from "../../host/netlink/index.ts";

const mainTable = 254;

/** Every network that a route or an address of the machine names; those of one link may be left out. */
export function networksInUse(socket: NetlinkSocket, exceptLink?: number): IpNetwork[] {
  const addresses = addressesOf(socket)
    .filter(({ linkIndex }) => linkIndex !== exceptLink)
    .map(({ address, prefixLength }) => networkOf(address, prefixLength));
  const routes = ([4, 6] as const)
    .flatMap((family) => socket.list(listRoutes(family)).map(decodeRoute))
    .filter((route) => route !== undefined)
    .filter(({ destination, table, linkIndex }) =>
      table === mainTable && destination.prefixLength > 0 && (exceptLink === undefined || linkIndex !== exceptLink));
  return [...addresses, ...routes.map(({ destination }) => destination)];
}

export function addressesOf(socket: NetlinkSocket): LinkAddress[] {
  return socket.list(listAddresses()).map(decodeAddress).filter((address) => address !== undefined);
}

/** The largest packet that the machine's own way out takes; 1500 where it has none. */
export function uplinkMtu(socket: NetlinkSocket): number {
  const defaults = socket.list(listRoutes(4)).map(decodeRoute)
    .filter((route) => route?.table === mainTable && route.destination.prefixLength === 0);
  const uplink = linksOf(socket).find(({ index }) => index === defaults[0]?.linkIndex);
  return uplink?.mtu ?? 1500;
}

export function linksOf(socket: NetlinkSocket): Link[] {
  return socket.list(listLinks()).map(decodeLink);
}
