import { formatIpNetwork, ipAddressBytes, ipAddressFromBytes } from "../../base/index.ts";
import type { IpAddress, IpFamily, IpNetwork } from "../../base/index.ts";
import { bytes, decodeAttributes, u32 } from "./attribute.ts";
import type { Attribute } from "./attribute.ts";
import { familyNumber, familyOf } from "./family.ts";
import { requestFlags } from "./message.ts";
import type { NetlinkMessage, NetlinkRequest } from "./message.ts";

/** linux/rtnetlink.h. */
const types = { newRoute: 24, deleteRoute: 25, getRoute: 26 };
const attribute = { destination: 1, outgoingLink: 4, gateway: 5, metric: 6, table: 15 };
const tables = { main: 254, local: 255 };
const kinds = { unicast: 1, local: 2 };
const scopes = { universe: 0, link: 253, host: 254 };
const protocolStatic = 4;
const headerSize = 12;

export interface NewRoute {
  /** A prefix of length 0 is the default route. */
  readonly destination: IpNetwork;
  readonly gateway?: IpAddress;
  readonly linkIndex?: number;
  readonly metric?: number;
  /** `local`: what arrives for it on that link is the machine's own. */
  readonly kind?: "unicast" | "local";
}

export interface Route {
  readonly destination: IpNetwork;
  readonly gateway?: IpAddress;
  readonly linkIndex?: number;
  readonly table: number;
  readonly isLocal: boolean;
}

export function addRoute(route: NewRoute): NetlinkRequest {
  return {
    purpose: `add the route to ${formatIpNetwork(route.destination)}`,
    type: types.newRoute,
    flags: requestFlags.create | requestFlags.exclusive,
    header: routeHeader(route),
    attributes: routeAttributes(route),
  };
}

export function deleteRoute(route: NewRoute): NetlinkRequest {
  return {
    purpose: `delete the route to ${formatIpNetwork(route.destination)}`,
    type: types.deleteRoute,
    header: routeHeader(route),
    attributes: routeAttributes(route),
  };
}

export function listRoutes(family: IpFamily): NetlinkRequest {
  const header = Buffer.alloc(headerSize);
  header[0] = familyNumber(family);
  return { purpose: "list the routes", type: types.getRoute, flags: requestFlags.dump, header, attributes: [] };
}

/** Undefined for routes of other families. */
export function decodeRoute({ payload }: NetlinkMessage): Route | undefined {
  const family = familyOf(payload.readUInt8(0));
  if (family === undefined) return undefined;
  const attributes = decodeAttributes(payload.subarray(headerSize));
  const destination = attributes.get(attribute.destination);
  const gateway = attributes.get(attribute.gateway);
  const linkIndex = attributes.get(attribute.outgoingLink)?.readUInt32LE();
  return {
    destination: {
      address: destination === undefined ? { family, value: 0n } : ipAddressFromBytes(destination),
      prefixLength: payload.readUInt8(1),
    },
    ...(gateway === undefined ? {} : { gateway: ipAddressFromBytes(gateway) }),
    ...(linkIndex === undefined ? {} : { linkIndex }),
    table: attributes.get(attribute.table)?.readUInt32LE() ?? payload.readUInt8(4),
    isLocal: payload.readUInt8(7) === kinds.local,
  };
}

/** struct rtmsg. */
function routeHeader({ destination, gateway, kind = "unicast" }: NewRoute): Buffer {
  const header = Buffer.alloc(headerSize);
  header[0] = familyNumber(destination.address.family);
  header[1] = destination.prefixLength;
  header[4] = kind === "local" ? tables.local : tables.main;
  header[5] = protocolStatic;
  header[6] = scopeOf(kind, gateway !== undefined);
  header[7] = kinds[kind];
  return header;
}

function scopeOf(kind: "unicast" | "local", hasGateway: boolean): number {
  if (kind === "local") return scopes.host;
  return hasGateway ? scopes.universe : scopes.link;
}

function routeAttributes({ destination, gateway, linkIndex, metric }: NewRoute): Attribute[] {
  return [
    ...(destination.prefixLength === 0 ? [] : [bytes(attribute.destination, ipAddressBytes(destination.address))]),
    ...(gateway === undefined ? [] : [bytes(attribute.gateway, ipAddressBytes(gateway))]),
    ...(linkIndex === undefined ? [] : [u32(attribute.outgoingLink, linkIndex)]),
    ...(metric === undefined ? [] : [u32(attribute.metric, metric)]),
  ];
}
