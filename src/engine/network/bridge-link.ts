import { existsSync, readFileSync } from "node:fs";
import { EngineError, formatIpAddress, parseIpPrefix } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import { isSystemError } from "../../host/libc/index.ts";
import { addAddress, addRoute, changeLink, createBridge, decodeLink, deleteAddress, getLink, requestFlags } from "../../host/netlink/index.ts";
import type { Link, LinkAddress, NetlinkSocket } from "../../host/netlink/index.ts";
import { writeNetworkSetting } from "../../host/netns/index.ts";
import { uplinkMtu } from "./host-networks.ts";
import type { HostNetworks } from "./host-networks.ts";
import { macAddressOf } from "./mac-address.ts";
import type { NetworkDefinition } from "./network-definition.ts";

export interface BridgeLink {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  /** It was not there before. */
  readonly isNew: boolean;
}

/**
 * Brings a network's bridge into being, or puts right the one that an earlier engine made.
 * @throws EngineError `conflict` when a link of that name is no bridge.
 */
export function ensureBridge(socket: NetlinkSocket, definition: NetworkDefinition, host: HostNetworks): BridgeLink {
  const name = definition.bridge;
  const found = host.links.find((link) => link.name === name);
  if (found !== undefined && found.kind !== "bridge") {
    throw new EngineError("conflict", `the link ${name} exists and is no bridge`, { hint: "choose another name for the bridge" });
  }
  const link = found ?? makeBridge(socket, definition, definition.mtu ?? uplinkMtu(host));
  setAddresses(socket, { link, held: host.addresses.filter(({ linkIndex }) => linkIndex === link.index), definition });
  socket.request(changeLink({ index: link.index, name }, { isUp: true }));
  const hasV6 = definition.subnets.some(({ network }) => network.address.family === 6 && definition.gatewayModes?.[6] !== "isolated");
  setForwarding(name, hasV6);
  if (hasV6) answerLoopback(socket, link.index);
  return { name, index: link.index, mtu: link.mtu, isNew: found === undefined };
}

/** The link of the machine that a macvlan network is on; nothing about it is changed. @throws EngineError `not-found`. */
export function findParent({ bridge: parent }: NetworkDefinition, { links }: HostNetworks): BridgeLink {
  const link = links.find(({ name }) => name === parent);
  if (link === undefined) throw new EngineError("not-found", `the parent interface ${parent} was not found on this machine`);
  return { name: link.name, index: link.index, mtu: link.mtu, isNew: false };
}

/** Whether the machine speaks IPv6 at all; an administrator may have switched it off. */
export function hasIpv6(): boolean {
  return readSetting("ipv6/conf/all/disable_ipv6") === "0";
}

export function isLinkLocal(address: IpAddress): boolean {
  return address.family === 6 && address.value >> 118n === 0x3fan;
}

function makeBridge(socket: NetlinkSocket, { bridge, subnets }: NetworkDefinition, mtu: number): Link {
  const gateway = subnets[0]?.gateway;
  socket.request(createBridge({ name: bridge, mtu, ...(gateway === undefined ? {} : { macAddress: macAddressOf(gateway) }) }));
  const [made] = socket.request(getLink(bridge));
  if (made === undefined) throw new EngineError("internal", `the bridge ${bridge} was made and is not there`);
  return decodeLink(made);
}

function setAddresses(socket: NetlinkSocket, { link, held, definition }: { link: Link; held: readonly LinkAddress[]; definition: NetworkDefinition }): void {
  const wanted = definition.subnets.filter(({ network }) => definition.gatewayModes?.[network.address.family] !== "isolated").map(({ network, gateway }) =>
    ({ linkIndex: link.index, address: gateway, prefixLength: network.prefixLength }));
  const isSame = (one: LinkAddress, other: LinkAddress): boolean =>
    formatIpAddress(one.address) === formatIpAddress(other.address) && one.prefixLength === other.prefixLength;
  const surplus = held.filter((address) => !isLinkLocal(address.address) && !wanted.some((wish) => isSame(wish, address)));
  const missing = wanted.filter((wish) => !held.some((address) => isSame(address, wish)));
  if (surplus.length + missing.length > 0) socket.request(...surplus.map(deleteAddress), ...missing.map(addAddress));
}

/**
 * Lets the machine pass packets on, and lets its own loopback addresses reach containers through the bridge. That
 * containers do not reach the machine's loopback is seen to by the firewall table, chain "guard".
 */
function setForwarding(bridge: string, hasV6: boolean): void {
  writeNetworkSetting("ipv4/ip_forward", "1");
  writeNetworkSetting(`ipv4/conf/${bridge}/route_localnet`, "1");
  writeNetworkSetting(`ipv4/conf/${bridge}/send_redirects`, "0");
  if (!hasV6) return;
  writeNetworkSetting(`ipv6/conf/${bridge}/accept_ra`, "0");
  if (readSetting("ipv6/conf/all/forwarding") !== "0") return;
  keepRouterAdvertisements();
  writeNetworkSetting("ipv6/conf/all/forwarding", "1");
}

/** A machine that forwards ignores routers unless told otherwise, and would lose its own way out. */
function keepRouterAdvertisements(): void {
  for (const name of ["all", "default", ...interfaceNames()]) {
    if (readSetting(`ipv6/conf/${name}/accept_ra`) === "1") writeNetworkSetting(`ipv6/conf/${name}/accept_ra`, "2");
  }
}

function interfaceNames(): string[] {
  return readFileSync("/proc/net/dev", "utf8").split("\n").slice(2).map((line) => line.split(":")[0]?.trim() ?? "").filter((name) => name !== "");
}

/**
 * The kernel takes packets for ::1 on lo alone; this route lets replies from containers to ::1 in on the bridge. It stands
 * beside those of other bridges, of this engine and of others: of equal ones the kernel takes the link that it hears on.
 */
function answerLoopback(socket: NetlinkSocket, linkIndex: number): void {
  const route = addRoute({ destination: parseIpPrefix("::1/128").network, linkIndex, metric: 4096, kind: "local" });
  try {
    socket.request({ ...route, flags: requestFlags.create });
  } catch (error) {
    // An earlier engine made it.
    if (!isSystemError(error, "EEXIST")) throw error;
  }
}

/** A setting below /proc/sys/net; undefined where the kernel has none of that name. */
function readSetting(name: string): string | undefined {
  const path = `/proc/sys/net/${name}`;
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}
