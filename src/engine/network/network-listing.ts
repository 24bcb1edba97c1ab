import type { Filters, IpamConfig, Network, NetworkContainer, NetworkFilter } from "../../api/types/index.ts";
import { EngineError, formatIpAddress, formatIpNetwork } from "../../base/index.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import type { Endpoint, EndpointAddress } from "./contract.ts";
import { passesFilters } from "./network-filters.ts";
import type { SubnetDefinition } from "./network-definition.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

export interface ListingSource {
  readonly networks: () => readonly BridgeNetwork[];
  /** Of those that are always there, ISO 8601. */
  readonly createdAt: string;
  readonly networkId: (name: string) => string;
  readonly sandboxes: () => Iterable<SandboxRecord>;
}

/** Networks as the API shows them. */
export class NetworkListing {
  readonly #source: ListingSource;

  constructor(source: ListingSource) {
    this.#source = source;
  }

  list(filters: Filters<NetworkFilter>): Network[] {
    return this.all().filter((network) => passesFilters(network, filters)).map((network) => ({ ...network, Containers: {} }));
  }

  /**
   * By name, id or the beginning of an id that no other network shares.
   * @throws EngineError `not-found`, `invalid-argument` for an ambiguous beginning.
   */
  inspect(reference: string, { scope }: { readonly scope?: string }): Network {
    const networks = this.all().filter(({ Scope }) => scope === undefined || scope === "" || scope === Scope);
    const exact = networks.find(({ Name, Id }) => Name === reference || Id === reference);
    if (exact !== undefined) return exact;
    const [found, other] = reference === "" ? [] : networks.filter(({ Id }) => Id.startsWith(reference));
    if (found === undefined) throw new EngineError("not-found", `network ${reference} not found`);
    if (other !== undefined) throw new EngineError("invalid-argument", `network ${reference} is ambiguous (2 matches found based on ID prefix)`);
    return found;
  }

  all(): Network[] {
    return [...this.#source.networks().map((network) => this.#bridge(network)), this.#plain("host"), this.#plain("none")];
  }

  #bridge({ id, name, definition, driver, link }: BridgeNetwork): Network {
    const { subnets, internal, attachable, labels, options, ipamOptions = null, createdAt } = definition;
    return {
      ...commonFields, Name: name, Id: id, Created: createdAt, Driver: driver, Internal: internal, Attachable: attachable, Labels: labels,
      EnableIPv4: subnets.some(({ network }) => network.address.family === 4),
      EnableIPv6: subnets.some(({ network }) => network.address.family === 6),
      IPAM: { Driver: "default", Options: ipamOptions, Config: subnets.map(ipamConfig) },
      Containers: this.#containers(({ endpoints }) => endpoints.find(({ networkId }) => networkId === id)),
      Options: name === "bridge" ? { ...options, "com.docker.network.driver.mtu": link.mtu.toString() } : options,
    };
  }

  /** The networks without a subnet: the host's own, and none. */
  #plain(name: "host" | "none"): Network {
    return {
      ...commonFields, Name: name, Id: this.#source.networkId(name), Created: this.#source.createdAt, Driver: name === "none" ? "null" : name,
      IPAM: { Driver: "default", Options: null, Config: null },
      Containers: this.#containers(({ netnsPath, endpoints, sandboxId }) =>
        endpoints.length === 0 && (netnsPath === undefined) === (name === "host") ? { endpointId: sandboxId, macAddress: "" } : undefined),
      Options: {},
    };
  }

  #containers(endpointOf: (sandbox: SandboxRecord["sandbox"]) => Pick<Endpoint, "endpointId" | "macAddress" | "ipv4" | "ipv6"> | undefined) {
    const containers: Record<string, NetworkContainer> = {};
    for (const { containerName, sandbox } of this.#source.sandboxes()) {
      const endpoint = endpointOf(sandbox);
      if (endpoint === undefined) continue;
      containers[sandbox.containerId] = {
        Name: containerName, EndpointID: endpoint.endpointId, MacAddress: endpoint.macAddress,
        IPv4Address: withPrefix(endpoint.ipv4), IPv6Address: withPrefix(endpoint.ipv6),
      };
    }
    return containers;
  }

}

const commonFields = {
  Scope: "local", EnableIPv4: true, EnableIPv6: false, Internal: false, Attachable: false, Ingress: false, ConfigFrom: { Network: "" },
  ConfigOnly: false, Labels: {},
} as const;

function ipamConfig({ network, gateway, range, reserved }: SubnetDefinition): IpamConfig {
  return {
    Subnet: formatIpNetwork(network),
    ...(range === undefined ? {} : { IPRange: formatIpNetwork(range) }),
    Gateway: formatIpAddress(gateway),
    ...(Object.keys(reserved).length === 0 ? {} : { AuxiliaryAddresses: reserved }),
  };
}

function withPrefix(address: EndpointAddress | undefined): string {
  return address === undefined ? "" : `${address.address}/${address.prefixLength}`;
}
