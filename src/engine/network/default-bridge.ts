import { existsSync, readFileSync } from "node:fs";
import { EngineError, addressInNetwork, networkOf, parseIpPrefix } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";
import type { LinkAddress } from "../../host/netlink/index.ts";
import { hasIpv6, isLinkLocal } from "./bridge-link.ts";
import { networksInUse } from "./host-networks.ts";
import type { HostNetworks } from "./host-networks.ts";
import type { NetworkDefinition, SubnetDefinition } from "./network-definition.ts";
import { chooseSubnet, chooseSubnet6 } from "./subnet-choice.ts";

export interface DefaultBridgeWish {
  readonly id: string;
  /** Name of the link. */
  readonly bridge: string;
  /** Address and prefix of the bridge in IPv4. Absent: what it has, or the first pool that overlaps nothing. */
  readonly address?: string;
}

/** The network that is always there. A bridge that an earlier engine made keeps its subnets. */
export function defaultBridge(wish: DefaultBridgeWish, host: HostNetworks): NetworkDefinition {
  const link = host.links.find(({ name }) => name === wish.bridge);
  const held = link === undefined ? [] : host.addresses.filter(({ linkIndex, address }) => linkIndex === link.index && !isLinkLocal(address));
  const used = networksInUse(host, link?.index);
  return {
    id: wish.id,
    name: "bridge",
    createdAt: new Date().toISOString(),
    bridge: wish.bridge,
    subnets: [subnet4(wish, { held, used }), ...(hasIpv6() ? [subnet6(wish, { held, used })] : [])],
    internal: false,
    attachable: false,
    interContainer: true,
    masquerade: true,
    labels: {},
    options: {
      "com.docker.network.bridge.default_bridge": "true",
      "com.docker.network.bridge.enable_icc": "true",
      "com.docker.network.bridge.enable_ip_masquerade": "true",
      "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
      "com.docker.network.bridge.name": wish.bridge,
    },
  };
}

interface Known {
  /** Addresses that the bridge has. */
  readonly held: readonly LinkAddress[];
  readonly used: readonly IpNetwork[];
}

function subnet4({ address: wished }: DefaultBridgeWish, { held, used }: Known): SubnetDefinition {
  if (wished !== undefined) {
    const { address, network } = parseIpPrefix(wished);
    if (address.family !== 4) throw new EngineError("invalid-argument", `--bip ${wished}: an IPv4 address is needed`);
    return { network, gateway: address, reserved: {} };
  }
  const kept = held.find(({ address }) => address.family === 4);
  return kept === undefined ? withFirstAsGateway(chooseSubnet(used)) : subnetOf(kept);
}

function subnet6({ bridge }: DefaultBridgeWish, { held, used }: Known): SubnetDefinition {
  const kept = held.find(({ address }) => address.family === 6);
  return kept === undefined ? withFirstAsGateway(chooseSubnet6(`${machineId()}/${bridge}`, used)) : subnetOf(kept);
}

export function withFirstAsGateway(network: IpNetwork): SubnetDefinition {
  return { network, gateway: addressInNetwork(network, 1n), reserved: {} };
}

function subnetOf({ address, prefixLength }: LinkAddress): SubnetDefinition {
  return { network: networkOf(address, prefixLength), gateway: address, reserved: {} };
}

/** What sets this machine apart from others; the host's name where it has no id. */
export function machineId(): string {
  const file = ["/etc/machine-id", "/var/lib/dbus/machine-id"].find(existsSync);
  return readFileSync(file ?? "/proc/sys/kernel/hostname", "utf8").trim();
}
