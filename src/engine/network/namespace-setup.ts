import { existsSync, readFileSync } from "node:fs";
import { parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import { addAddress, addRoute, changeLink, createMacvlan, createVethPair, decodeLink, getLink, NetlinkSocket, pinMacToPort } from "../../host/netlink/index.ts";
import type { MacvlanMode, NetlinkRequest } from "../../host/netlink/index.ts";
import { createNetworkNamespace, insideNetworkNamespace, openNetworkNamespace, writeNetworkSetting } from "../../host/netns/index.ts";
import type { BridgeLink } from "./bridge-link.ts";
import type { Endpoint } from "./contract.ts";
import { resolverRequests, resolverSetting } from "./resolver-rules.ts";

const loopbackIndex = 1;
export const everywhere = { 4: parseIpPrefix("0.0.0.0/0").network, 6: parseIpPrefix("::/0").network } as const;

/** Sockets into a namespace, for all that is done in it from outside. */
export class NamespaceSockets implements Disposable {
  readonly route = new NetlinkSocket("route");
  readonly netfilter: NetlinkSocket | undefined;

  /** To be made inside. @param withFirewall only where it is needed, since the kernel sets up its part then. */
  constructor(withFirewall: boolean) {
    if (withFirewall) this.netfilter = new NetlinkSocket("netfilter");
  }

  [Symbol.dispose](): void {
    this.route[Symbol.dispose]();
    this.netfilter?.[Symbol.dispose]();
  }
}

/** Makes a container's namespace with its loopback up. @param usesResolver see {@link pointResolver} */
export function makeNamespace(path: string, usesResolver: boolean): NamespaceSockets {
  const sockets = createNetworkNamespace(path, () => {
    // docker's: a container may use any port and send echo requests without a privilege.
    writeNetworkSetting("ipv4/ip_unprivileged_port_start", "0");
    writeNetworkSetting("ipv4/ping_group_range", "0 2147483647");
    if (existsSync("/proc/sys/net/ipv6")) {
      // Addresses come from the engine: nothing to ask the link for, and no router to wait for.
      writeNetworkSetting("ipv6/conf/default/accept_dad", "0");
      writeNetworkSetting("ipv6/conf/default/accept_ra", "0");
    }
    if (usesResolver) writeNetworkSetting(resolverSetting.name, resolverSetting.value);
    return new NamespaceSockets(usesResolver);
  });
  try {
    sockets.route.request(changeLink({ index: loopbackIndex }, { isUp: true }));
    return sockets;
  } catch (error) {
    sockets[Symbol.dispose]();
    throw error;
  }
}

/** Sockets into a namespace that was made earlier. */
export function openNamespace(path: string, withFirewall: boolean): NamespaceSockets {
  return insideNetworkNamespace(path, () => {
    if (withFirewall) writeNetworkSetting(resolverSetting.name, resolverSetting.value);
    return new NamespaceSockets(withFirewall);
  });
}

/** What a container asks of 127.0.0.11 goes to this server from now on. */
export function pointResolver({ netfilter }: NamespaceSockets, server: { readonly address: IpAddress; readonly port: number }): void {
  netfilter?.transaction(resolverRequests(server));
}

/** Name of an endpoint's end on the machine: from its id, so that it is never given again. */
export function hostLinkName({ endpointId }: { readonly endpointId: string }): string {
  return `veth${endpointId.slice(0, 10)}`;
}

export interface Connection {
  readonly endpoint: Endpoint;
  /** Or the link that a macvlan network is on. */
  readonly bridge: BridgeLink;
  readonly macvlan?: { readonly mode: MacvlanMode };
  /** It exchanges nothing with its neighbours on the bridge. */
  readonly isIsolated: boolean;
  /** Sockets on the machine and in the namespace. */
  readonly outside: NetlinkSocket;
  readonly inside: NetlinkSocket;
  readonly netnsPath: string;
  /** Its gateways become the namespace's default routes. */
  readonly isDefaultRoute: boolean;
}

/** Joins a namespace to a network: links, addresses, routes. The caller removes the link after a failure. */
export function connectEndpoint(connection: Connection): void {
  const { endpoint, inside, isDefaultRoute } = connection;
  if (connection.macvlan === undefined) makePair(connection);
  else makeMacvlan(connection, connection.macvlan.mode);
  const [message] = inside.request(getLink(endpoint.interfaceName));
  const index = message === undefined ? 0 : decodeLink(message).index;
  const linkLocal = (endpoint.request.linkLocalAddresses ?? []).map((address) => ({ address, prefixLength: address.includes(":") ? 64 : 16 }));
  const addresses = [endpoint.ipv4, endpoint.ipv6, ...linkLocal].filter((address) => address !== undefined);
  inside.request(
    changeLink({ index }, { isUp: true }),
    ...addresses.map(({ address, prefixLength }) => addAddress({ linkIndex: index, address: parseIpAddress(address), prefixLength })),
    ...(isDefaultRoute ? defaultRoutes(endpoint, index) : []),
  );
}

/** One end on the bridge, the other in the namespace. */
function makePair({ endpoint, bridge, isIsolated, outside, netnsPath }: Connection): void {
  const link = hostLinkName(endpoint);
  using namespace = openNetworkNamespace(netnsPath);
  const [made] = outside.request(
    createVethPair({
      name: link,
      mtu: bridge.mtu,
      master: bridge.index,
      peer: { name: endpoint.interfaceName, mtu: bridge.mtu, macAddress: endpoint.macAddress, netnsDescriptor: namespace.number },
    }),
    changeLink({ index: 0, name: link }, { isUp: true, hasLinkLocal: false, hairpin: bridgePassesFirewall(), isolated: isIsolated }),
    getLink(link),
  );
  // A neighbour that used the address while it was nobody's would go on to get its frames until the container speaks.
  if (made !== undefined) outside.request(pinMacToPort({ linkIndex: decodeLink(made).index, macAddress: endpoint.macAddress }));
}

/** In the namespace from the start; the machine sees nothing of it. */
function makeMacvlan({ endpoint, bridge, outside, netnsPath }: Connection, mode: MacvlanMode): void {
  using namespace = openNetworkNamespace(netnsPath);
  const { interfaceName: name, macAddress } = endpoint;
  outside.request(createMacvlan({ name, macAddress, mtu: bridge.mtu, parent: bridge.index, mode, netnsDescriptor: namespace.number }));
}

/** The way out through an endpoint's gateways. */
export function defaultRoutes({ ipv4, ipv6 }: Endpoint, linkIndex: number): NetlinkRequest[] {
  const gateways = [ipv4?.gateway, ipv6?.gateway].filter((gateway) => gateway !== undefined).map(parseIpAddress);
  return gateways.map((gateway) => addRoute({ destination: everywhere[gateway.family], gateway, linkIndex }));
}

/**
 * With br_netfilter the firewall turns a published port around within the bridge, where a container that calls itself
 * through the machine's address is reached by the port that the packet came from.
 */
function bridgePassesFirewall(): boolean {
  const setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  return existsSync(setting) && readFileSync(setting, "utf8").trim() !== "0";
}
