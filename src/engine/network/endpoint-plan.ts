import { randomBytes } from "node:crypto";
import { EngineError, parseIpAddress } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { isLinkLocal } from "./bridge-link.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import type { Endpoint, EndpointRequest, SandboxRequest } from "./contract.ts";
import { macAddressOf } from "./mac-address.ts";
import type { NetworkRegistry } from "./network-registry.ts";

/**
 * The networks that a container wants, with its wishes: that of its mode first, the others in the order of their names.
 * A container that says nothing of networks wants that of its mode; one with an empty list has left them all.
 * @throws EngineError `not-found` for a network that there is not, `invalid-argument` for a wish that cannot be met.
 */
export function requestedNetworks(request: SandboxRequest, registry: NetworkRegistry): [BridgeNetwork, EndpointRequest][] {
  const { mode, endpoints } = request;
  if (mode.kind === "host" || mode.kind === "container") return [];
  const first = mode.kind === "network" ? mode.name : mode.kind;
  const references = (endpoints === undefined ? [first] : [...endpoints.keys()].map(canonical)).filter((name) => name !== "none");
  const sorted = references.toSorted((one, other) => Number(other === first) - Number(one === first) || (one < other ? -1 : 1));
  const wishes = new Map([...sorted].map((reference) => registry.find(reference)).map((network) => [network, wishFor(network, request)] as const));
  for (const [network, wish] of wishes) refuseImpossible(network, wish);
  return [...wishes];
}

/** What a container wants of one network, under whichever of its names. */
export function wishFor({ id, name }: BridgeNetwork, { endpoints }: SandboxRequest): EndpointRequest {
  return endpoints?.get(name) ?? endpoints?.get(id) ?? (name === "bridge" ? endpoints?.get("default") : undefined) ?? {};
}

function canonical(reference: string): string {
  return reference === "default" ? "bridge" : reference;
}

export interface EndpointPlan {
  readonly addresses: ReadonlyMap<IpFamily, IpAddress>;
  readonly wish: EndpointRequest;
  readonly interfaceName: string;
}

/** What an endpoint will be, before anything is made of it. */
export function planEndpoint(network: BridgeNetwork, { addresses, wish, interfaceName }: EndpointPlan): Endpoint {
  const [ipv4, ipv6] = [addresses.get(4), addresses.get(6)];
  const first = ipv4 ?? ipv6;
  if (first === undefined) throw new EngineError("internal", `the network ${network.name} has no subnet`);
  return {
    networkId: network.id,
    networkName: network.name,
    endpointId: randomBytes(32).toString("hex"),
    interfaceName,
    ...(network.driver === "macvlan" ? { driver: "macvlan" as const } : {}),
    macAddress: wish.macAddress ?? macAddressOf(first),
    ...(ipv4 === undefined ? {} : { ipv4: network.describe(ipv4) }),
    ...(ipv6 === undefined ? {} : { ipv6: network.describe(ipv6) }),
    request: wish,
  };
}

/** 169.254.0.0/16 or fe80::/10. */
function isLinkLocalAddress(address: IpAddress): boolean {
  return address.family === 4 ? address.value >> 16n === 0xa9fen : isLinkLocal(address);
}

/** The first name with the network's prefix that none of the container's interfaces has. */
export function freeInterfaceName({ definition: { interfacePrefix = "eth" } }: BridgeNetwork, endpoints: readonly Pick<Endpoint, "interfaceName">[]): string {
  const taken = new Set(endpoints.map(({ interfaceName }) => interfaceName));
  for (let index = 0; ; index++) {
    if (!taken.has(`${interfacePrefix}${index}`)) return `${interfacePrefix}${index}`;
  }
}

/** docker's rules for its default bridge, whose addresses are the engine's to give, and for subnets that were not chosen by a person. */
export function refuseImpossible(network: BridgeNetwork, wish: EndpointRequest): void {
  const isDefault = network.name === "bridge";
  if (isDefault && (wish.ipv4Address !== undefined || wish.ipv6Address !== undefined)) {
    throw new EngineError("invalid-argument", "user specified IP address is supported on user defined networks only");
  }
  if (isDefault && wish.aliases !== undefined && wish.aliases.length > 0) {
    throw new EngineError("invalid-argument", "network-scoped aliases are only supported for user-defined networks");
  }
  if (wish.macAddress !== undefined && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(wish.macAddress)) {
    throw new EngineError("invalid-argument", `invalid MAC address: ${JSON.stringify(wish.macAddress.slice(0, 40))}`);
  }
  for (const address of wish.linkLocalAddresses ?? []) {
    if (!isLinkLocalAddress(parseIpAddress(address))) throw new EngineError("invalid-argument", `invalid link-local IP address: ${address}`);
  }
}
