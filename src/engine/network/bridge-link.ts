import { existsSync, readFileSync } from "node:fs";
import { EngineError, addressInNetwork, formatIpAddress, networkOf, parseIpPrefix } from "../../base/index.ts";
import type { IpAddress, IpNetwork } from "../../base/index.ts";
import { addAddress, addRoute, changeLink, createBridge, deleteAddress } from "../../host/netlink/index.ts";
import type { Link, LinkAddress, NetlinkSocket } from "../../host/netlink/index.ts";
import { writeNetworkSetting } from "../../host/netns/index.ts";
import { addressesOf, linksOf, networksInUse, uplinkMtu } from "./host-networks.ts";
import { macAddressOf } from "./mac-address.ts";
import { chooseSubnet, chooseSubnet6 } from "./subnet-choice.ts";

export interface BridgeLink {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  readonly subnets: readonly Subnet[];
}

/** One address range of a bridge, with the bridge's own address in it. */
export interface Subnet {
  readonly network: IpNetwork;
  readonly gateway: IpAddress;
}

export interface BridgeWish {
  readonly name: string;
  /** Address and prefix of the bridge in IPv4. Absent: what it has, or the first pool that overlaps nothing. */
  readonly address?: string;
}

/**
 * Brings the default bridge into being, or puts right the one that an earlier engine made, which keeps its subnets.
 * @throws EngineError `conflict` when a link of that name is no bridge, or the address that is asked for lies in a network in use.
 */
export function ensureBridge(socket: NetlinkSocket, wish: BridgeWish): BridgeLink {
  const found = linksOf(socket).find(({ name }) => name === wish.name);
  if (found !== undefined && found.kind !== "bridge") {
    throw new EngineError("conflict", `the link ${wish.name} exists and is no bridge`, { hint: "choose another name with --bridge" });
  }
  const held = found === undefined ? [] : addressesOf(socket).filter(({ linkIndex }) => linkIndex === found.index);
  const subnets = chooseSubnets({ wish, held, used: networksInUse(socket, found?.index) });
  const link = found ?? makeBridge(socket, wish.name, subnets);
  setAddresses(socket, { link, held, subnets });
  socket.request(changeLink({ index: link.index, name: link.name }, { isUp: true }));
  setForwarding(link.name, subnets);
  answerLoopback(socket, link.index, subnets);
  return { name: link.name, index: link.index, mtu: link.mtu, subnets };
}

/** Whether the machine speaks IPv6 at all; an administrator may have switched it off. */
export function hasIpv6(): boolean {
  const setting = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
  return existsSync(setting) && readFileSync(setting, "utf8").trim() === "0";
}

function chooseSubnets({ wish, held, used }: { wish: BridgeWish; held: readonly LinkAddress[]; used: readonly IpNetwork[] }): Subnet[] {
  const v4 = chooseV4({ wish, held, used });
  if (!hasIpv6()) return [v4];
  const kept = held.find(({ address }) => address.family === 6 && !isLinkLocal(address));
  if (kept !== undefined) return [v4, subnetOf(kept)];
  const network = chooseSubnet6(`${machineId()}/${wish.name}`, used);
  return [v4, { network, gateway: addressInNetwork(network, 1n) }];
}

function chooseV4({ wish, held, used }: { wish: BridgeWish; held: readonly LinkAddress[]; used: readonly IpNetwork[] }): Subnet {
  if (wish.address !== undefined) {
    const { address, network } = parseIpPrefix(wish.address);
    if (address.family !== 4) throw new EngineError("invalid-argument", `--bip ${wish.address}: an IPv4 address is needed`);
    return { network, gateway: address };
  }
  const kept = held.find(({ address }) => address.family === 4);
  if (kept !== undefined) return subnetOf(kept);
  const network = chooseSubnet(used);
  return { network, gateway: addressInNetwork(network, 1n) };
}

function subnetOf({ address, prefixLength }: LinkAddress): Subnet {
  return { network: networkOf(address, prefixLength), gateway: address };
}

function makeBridge(socket: NetlinkSocket, name: string, subnets: readonly Subnet[]): Link {
  const gateway = subnets[0]?.gateway;
  socket.request(createBridge({
    name,
    mtu: uplinkMtu(socket),
    ...(gateway === undefined ? {} : { macAddress: macAddressOf(gateway) }),
  }));
  const made = linksOf(socket).find((link) => link.name === name);
  if (made === undefined) throw new EngineError("internal", `the bridge ${name} was made and is not there`);
  return made;
}

function setAddresses(socket: NetlinkSocket, { link, held, subnets }: { link: Link; held: readonly LinkAddress[]; subnets: readonly Subnet[] }): void {
  const wanted = subnets.map(({ network, gateway }) => ({ linkIndex: link.index, address: gateway, prefixLength: network.prefixLength }));
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
function setForwarding(bridge: string, subnets: readonly Subnet[]): void {
  writeNetworkSetting("ipv4/ip_forward", "1");
  writeNetworkSetting(`ipv4/conf/${bridge}/route_localnet`, "1");
  writeNetworkSetting(`ipv4/conf/${bridge}/send_redirects`, "0");
  if (!subnets.some(({ network }) => network.address.family === 6)) return;
  writeNetworkSetting(`ipv6/conf/${bridge}/accept_ra`, "0");
  keepRouterAdvertisements();
  writeNetworkSetting("ipv6/conf/all/forwarding", "1");
}

/** A machine that forwards ignores routers unless told otherwise, and would lose its own way out. */
function keepRouterAdvertisements(): void {
  const forwarding = readFileSync("/proc/sys/net/ipv6/conf/all/forwarding", "utf8").trim();
  if (forwarding !== "0") return;
  for (const name of ["all", "default", ...interfaceNames()]) {
    const setting = `/proc/sys/net/ipv6/conf/${name}/accept_ra`;
    if (existsSync(setting) && readFileSync(setting, "utf8").trim() === "1") writeNetworkSetting(`ipv6/conf/${name}/accept_ra`, "2");
  }
}

function interfaceNames(): string[] {
  return readFileSync("/proc/net/dev", "utf8").split("\n").slice(2).map((line) => line.split(":")[0]?.trim() ?? "").filter((name) => name !== "");
}

/** The kernel takes packets for ::1 on lo alone; this route lets replies from containers to ::1 in on the bridge. */
function answerLoopback(socket: NetlinkSocket, linkIndex: number, subnets: readonly Subnet[]): void {
  if (!subnets.some(({ network }) => network.address.family === 6)) return;
  const route = addRoute({ destination: parseIpPrefix("::1/128").network, linkIndex, metric: 4096, kind: "local" });
  socket.request({ ...route, flags: createOrReplace });
}

/** NLM_F_CREATE and NLM_F_REPLACE: a route that is there already is as good. */
const createOrReplace = 0x400 | 0x100;

function isLinkLocal(address: IpAddress): boolean {
  return address.family === 6 && address.value >> 118n === 0x3fan;
}

function machineId(): string {
  const file = ["/etc/machine-id", "/var/lib/dbus/machine-id"].find(existsSync);
  return file === undefined ? readFileSync("/proc/sys/kernel/hostname", "utf8").trim() : readFileSync(file, "utf8").trim();
}
