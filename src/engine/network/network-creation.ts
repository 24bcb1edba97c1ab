import { randomBytes } from "node:crypto";
import type { IpamConfig, NetworkCreateBody } from "../../api/types/index.ts";
import { EngineError, formatIpNetwork, networkContains, networksOverlap, parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import type { IpFamily, IpNetwork } from "../../base/index.ts";
import { withFirstAsGateway } from "./default-bridge.ts";
import type { NetworkDefinition, SubnetDefinition } from "./network-definition.ts";
import { readMacvlanOptions } from "./macvlan-options.ts";
import { readBridgeOptions } from "./bridge-options.ts";
import { predefinedNetworks } from "./predefined.ts";
import { chooseSubnet, chooseSubnet6 } from "./subnet-choice.ts";

/** What a new network must not clash with. */
export interface CreationContext {
  readonly existing: readonly NetworkDefinition[];
  /** Every network that the machine's routes and addresses name. */
  readonly inUse: readonly IpNetwork[];
  /** Sets this machine apart, for IPv6 subnets. */
  readonly machine: string;
}

/**
 * Turns what was asked for into a network that can be made; nothing is made here.
 * @throws EngineError with docker's texts for what cannot be.
 */
export function defineNetwork(body: NetworkCreateBody, context: CreationContext): NetworkDefinition {
  checkName(body.Name, context.existing);
  checkDriver(body);
  const id = randomBytes(32).toString("hex");
  const options = readBridgeOptions(body.Options ?? {});
  if (Object.values(options.gatewayModes).includes("isolated") && !body.Internal) {
    throw new EngineError("invalid-argument", "gateway mode 'isolated' can only be used for an internal network");
  }
  const macvlan = body.Driver === "macvlan" ? readMacvlanOptions(body.Options ?? {}) : undefined;
  return {
    id,
    name: body.Name,
    createdAt: new Date().toISOString(),
    bridge: macvlan?.parent ?? options.bridge ?? `br-${id.slice(0, 12)}`,
    ...(macvlan === undefined ? {} : { macvlan: { mode: macvlan.mode } }),
    subnets: chooseSubnets(body, { ...context, id }),
    internal: body.Internal,
    attachable: body.Attachable,
    interContainer: options.interContainer,
    masquerade: options.masquerade,
    ...(options.hostBinding === undefined ? {} : { hostBinding: options.hostBinding }),
    ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
    ...(options.interfacePrefix === undefined ? {} : { interfacePrefix: options.interfacePrefix }),
    gatewayModes: options.gatewayModes,
    labels: body.Labels ?? {},
    ...(body.IPAM === undefined || body.IPAM.Options === null ? {} : { ipamOptions: body.IPAM.Options }),
    options: body.Options ?? {},
  };
}

function checkName(name: string, existing: readonly NetworkDefinition[]): void {
  if (predefinedNetworks.some((predefined) => predefined === name) || name === "default") {
    throw new EngineError("forbidden", `operation is not permitted on predefined ${name} network `);
  }
  // As docker has it, but for what could not be told from a path, from "container:name", or in a line of a list.
  if (!/^[^\s/:\p{C}]([^/:\p{C}]*[^\s/:\p{C}])?$/u.test(name) || name.length > 255) {
    throw new EngineError("invalid-argument", `invalid network name ${JSON.stringify(name.slice(0, 80))}: up to 255 characters, no slash, colon or control character, no space at an end`);
  }
  if (existing.some((network) => network.name === name)) {
    throw new EngineError("conflict", `network with name ${name} already exists`);
  }
}

const knownElsewhere: readonly string[] = ["ipvlan", "overlay"];

function checkDriver({ Driver: driver, IPAM, Scope, Ingress, ConfigOnly, ConfigFrom }: NetworkCreateBody): void {
  if (driver === "host" || driver === "null" || driver === "none") {
    throw new EngineError("forbidden", `only one instance of "${driver}" network is allowed`);
  }
  if (knownElsewhere.includes(driver)) throw new EngineError("unsupported", `networks of the driver ${driver} are not supported yet`);
  if (driver !== "" && !["default", "bridge", "macvlan"].includes(driver)) {
    throw new EngineError("not-found", `could not find plugin ${driver} in v1 plugin registry: plugin not found`);
  }
  if (IPAM !== undefined && !["", "default"].includes(IPAM.Driver)) {
    throw new EngineError("invalid-argument", `could not find plugin ${IPAM.Driver} in v1 plugin registry: plugin not found`);
  }
  if (Ingress || (Scope !== "" && Scope !== "local")) throw new EngineError("forbidden", "This node is not a swarm manager.");
  if (ConfigOnly || (ConfigFrom !== undefined && ConfigFrom.Network !== "")) {
    throw new EngineError("unsupported", "configuration-only networks are not supported yet");
  }
}

function chooseSubnets(body: NetworkCreateBody, context: CreationContext & { readonly id: string }): SubnetDefinition[] {
  const wishes = (body.IPAM?.Config ?? []).filter((config) => Object.keys(config).length > 0).map((config) => parseSubnet(config, context));
  const families = wishedFamilies(body, wishes);
  const subnets = families.map((family) => {
    const [wish, more] = wishes.filter(({ network }) => network.address.family === family);
    if (more !== undefined) throw new EngineError("invalid-argument", `${body.Driver === "macvlan" ? "macvlan" : "bridge"} driver doesn't support multiple subnets`);
    return wish ?? choose(family, context);
  });
  return subnets;
}

function wishedFamilies({ EnableIPv4, EnableIPv6 }: NetworkCreateBody, wishes: readonly SubnetDefinition[]): IpFamily[] {
  const hasV6 = wishes.some(({ network }) => network.address.family === 6);
  const families: IpFamily[] = [...(EnableIPv4 === false ? [] : [4 as const]), ...(EnableIPv6 === true || (EnableIPv6 === undefined && hasV6) ? [6 as const] : [])];
  if (families.length === 0) throw new EngineError("invalid-argument", "IPv4 or IPv6 must be enabled");
  const stray = wishes.find(({ network }) => !families.includes(network.address.family));
  if (stray !== undefined) {
    throw new EngineError("invalid-argument", `the subnet ${formatIpNetwork(stray.network)} is of a family that the network has not: enable IPv${stray.network.address.family}`);
  }
  return families;
}

function choose(family: IpFamily, { inUse, existing, machine, id }: CreationContext & { readonly id: string }): SubnetDefinition {
  const used = [...inUse, ...existing.flatMap(({ subnets }) => subnets.map(({ network }) => network))];
  return withFirstAsGateway(family === 4 ? chooseSubnet(used) : chooseSubnet6(`${machine}/${id}`, used));
}

function parseSubnet({ Subnet, IPRange, Gateway, AuxiliaryAddresses }: IpamConfig, { existing }: CreationContext): SubnetDefinition {
  if (Subnet === undefined) {
    throw new EngineError("invalid-argument", Gateway === undefined ? "an IP range needs its subnet" : `no matching subnet for gateway ${Gateway}`);
  }
  const { network } = parseIpPrefix(Subnet);
  const size = network.address.family === 4 ? 30 : 126;
  if (network.prefixLength > size) throw new EngineError("invalid-argument", `the subnet ${Subnet} has no room for a gateway and a container`);
  if (existing.some(({ subnets }) => subnets.some((other) => networksOverlap(other.network, network)))) {
    throw new EngineError("forbidden", "invalid pool request: Pool overlaps with other one on this address space");
  }
  const gateway = Gateway === undefined ? withFirstAsGateway(network).gateway : parseIpAddress(Gateway);
  if (!networkContains(network, gateway)) throw new EngineError("invalid-argument", `no matching subnet for gateway ${Gateway ?? ""}`);
  const range = IPRange === undefined ? undefined : parseIpPrefix(IPRange).network;
  if (range !== undefined && (range.prefixLength < network.prefixLength || !networkContains(network, range.address))) {
    throw new EngineError("invalid-argument", `no matching subnet for range ${IPRange ?? ""}`);
  }
  const reserved = AuxiliaryAddresses ?? {};
  for (const address of Object.values(reserved)) {
    if (!networkContains(network, parseIpAddress(address))) throw new EngineError("invalid-argument", `no matching subnet for aux-address ${address}`);
  }
  return { network, gateway, reserved, ...(range === undefined ? {} : { range }) };
}
