import { EngineError, formatIpAddress, networkContains, parseIpAddress } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { AddressPool } from "./address-pool.ts";
import type { BridgeLink } from "./bridge-link.ts";
import type { Endpoint, EndpointAddress, EndpointRequest } from "./contract.ts";
import type { NetworkDefinition, SubnetDefinition } from "./network-definition.ts";

interface OpenSubnet extends SubnetDefinition {
  readonly pool: AddressPool;
}

/** A network on a bridge of the machine, or with macvlan on another link: the link, and which of its addresses are given. */
export class BridgeNetwork {
  readonly definition: NetworkDefinition;
  readonly link: BridgeLink;
  readonly #subnets: ReadonlyMap<IpFamily, OpenSubnet>;

  constructor(definition: NetworkDefinition, link: BridgeLink) {
    this.definition = definition;
    this.link = link;
    this.#subnets = new Map(definition.subnets.map((subnet) => [subnet.network.address.family, openSubnet(subnet)]));
  }

  get id(): string {
    return this.definition.id;
  }

  get driver(): "bridge" | "macvlan" {
    return this.definition.macvlan === undefined ? "bridge" : "macvlan";
  }

  /** The machine itself has the gateway's address, and with it the engine's name server. */
  get hasHost(): boolean {
    return this.driver === "bridge" && this.definition.gatewayModes?.[4] !== "isolated";
  }

  get name(): string {
    return this.definition.name;
  }

  gateway(family: IpFamily): IpAddress | undefined {
    return this.#subnets.get(family)?.gateway;
  }

  /** One address of each family that the network has: those that are asked for, or the lowest free. All or none. */
  allocate(request: EndpointRequest): Map<IpFamily, IpAddress> {
    const given = new Map<IpFamily, IpAddress>();
    try {
      for (const [family, { pool }] of this.#subnets) {
        const wished = family === 4 ? request.ipv4Address : request.ipv6Address;
        given.set(family, wished === undefined ? pool.allocate() : claimed(pool, parseIpAddress(wished)));
      }
      return given;
    } catch (error) {
      this.release(given.values());
      throw error;
    }
  }

  release(addresses: Iterable<IpAddress>): void {
    for (const address of addresses) this.#subnets.get(address.family)?.pool.release(address);
  }

  /** Takes the addresses of a container that lived on while the engine did not. @throws EngineError when the network has others by now. */
  adopt(endpoint: Endpoint): void {
    for (const address of endpointAddresses(endpoint)) {
      const held = this.#subnets.get(address.family);
      if (held === undefined || !networkContains(held.network, address)) {
        throw new EngineError("conflict", `${formatIpAddress(address)} lies outside the network ${this.name}`);
      }
      held.pool.claim(address);
    }
  }

  /** An address as inspect shows it; on an internal network there is no way on. */
  describe(address: IpAddress): EndpointAddress {
    const subnet = this.#subnets.get(address.family);
    if (subnet === undefined) throw new EngineError("internal", `the network ${this.name} has no ${formatIpAddress(address)}`);
    return {
      address: formatIpAddress(address),
      prefixLength: subnet.network.prefixLength,
      ...(this.definition.internal ? {} : { gateway: formatIpAddress(subnet.gateway) }),
    };
  }
}

export function endpointAddresses({ ipv4, ipv6 }: Endpoint): IpAddress[] {
  return [ipv4, ipv6].filter((address) => address !== undefined).map(({ address }) => parseIpAddress(address));
}

function openSubnet(subnet: SubnetDefinition): OpenSubnet {
  const pool = new AddressPool(subnet.network, subnet.range);
  pool.claim(subnet.gateway);
  for (const address of Object.values(subnet.reserved)) pool.claim(parseIpAddress(address));
  return { ...subnet, pool };
}

function claimed(pool: AddressPool, address: IpAddress): IpAddress {
  if (!networkContains(pool.network, address)) {
    throw new EngineError("invalid-argument", `invalid endpoint settings:\nno configured subnet contains IP address ${formatIpAddress(address)}`);
  }
  pool.claim(address);
  return address;
}
