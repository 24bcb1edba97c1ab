import { EngineError, formatIpAddress, networkContains, parseIpAddress } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { AddressPool } from "./address-pool.ts";
import type { BridgeLink, Subnet } from "./bridge-link.ts";
import type { Endpoint, EndpointAddress, EndpointRequest } from "./contract.ts";
import type { FirewallBridge } from "./ruleset.ts";

/** A network on a bridge of the machine: its link, and which of its addresses are given. */
export class BridgeNetwork {
  readonly id: string;
  readonly name: string;
  readonly link: BridgeLink;
  readonly #pools: ReadonlyMap<IpFamily, { readonly subnet: Subnet; readonly pool: AddressPool }>;

  constructor({ id, name, link }: { id: string; name: string; link: BridgeLink }) {
    this.id = id;
    this.name = name;
    this.link = link;
    this.#pools = new Map(link.subnets.map((subnet) => {
      const pool = new AddressPool(subnet.network);
      pool.claim(subnet.gateway);
      return [subnet.network.address.family, { subnet, pool }] as const;
    }));
  }

  get firewall(): FirewallBridge {
    return { name: this.link.name, subnets: this.link.subnets.map(({ network }) => network) };
  }

  gateway(family: IpFamily): IpAddress | undefined {
    return this.#pools.get(family)?.subnet.gateway;
  }

  /** One address of each family that the network has: those that are asked for, or the lowest free. All or none. */
  allocate(request: EndpointRequest): Map<IpFamily, IpAddress> {
    const given = new Map<IpFamily, IpAddress>();
    try {
      for (const [family, { pool }] of this.#pools) {
        const wished = family === 4 ? request.ipv4Address : request.ipv6Address;
        given.set(family, wished === undefined || wished === "" ? pool.allocate() : claimed(pool, parseIpAddress(wished)));
      }
      return given;
    } catch (error) {
      this.release(given.values());
      throw error;
    }
  }

  release(addresses: Iterable<IpAddress>): void {
    for (const address of addresses) this.#pools.get(address.family)?.pool.release(address);
  }

  /** Takes the addresses of a container that lived on while the engine did not. @throws EngineError when the network has others by now. */
  adopt(endpoint: Endpoint): void {
    for (const address of endpointAddresses(endpoint)) {
      const held = this.#pools.get(address.family);
      if (held === undefined || !networkContains(held.subnet.network, address)) {
        throw new EngineError("conflict", `${formatIpAddress(address)} lies outside the network ${this.name}`);
      }
      held.pool.claim(address);
    }
  }

  /** An address as inspect shows it. */
  describe(address: IpAddress): EndpointAddress {
    const subnet = this.#pools.get(address.family)?.subnet;
    if (subnet === undefined) throw new EngineError("internal", `the network ${this.name} has no ${formatIpAddress(address)}`);
    return { address: formatIpAddress(address), prefixLength: subnet.network.prefixLength, gateway: formatIpAddress(subnet.gateway) };
  }
}

export function endpointAddresses({ ipv4, ipv6 }: Endpoint): IpAddress[] {
  return [ipv4, ipv6].filter((address) => address !== undefined).map(({ address }) => parseIpAddress(address));
}

function claimed(pool: AddressPool, address: IpAddress): IpAddress {
  pool.claim(address);
  return address;
}
