import { formatIpAddress, parseIpAddress } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import { insideNetworkNamespace } from "../../host/netns/index.ts";
import type { Endpoint, Sandbox } from "./contract.ts";
import { DnsServer } from "./dns/index.ts";
import type { Client, NamedEndpoint } from "./dns/index.ts";
import { resolverAddress } from "./resolver-rules.ts";
import { gatewayEndpoint } from "./gateway-endpoint.ts";
import type { SandboxIndex } from "./sandbox-index.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

export interface NameServersParts {
  /** Asked anew at each question, since it is filled by those who need this. */
  readonly sandboxes: () => SandboxIndex;
  /** The host's name servers. */
  readonly hostServers: () => readonly string[];
}

/** One name server for each network, on its gateway; who asks is told by the address that a question comes from. */
export class NameServers {
  readonly #parts: NameServersParts;
  readonly #servers = new Map<string, { readonly server: DnsServer; readonly address: IpAddress }>();
  readonly #crowds = new Map<string, { readonly version: number; readonly endpoints: readonly NamedEndpoint[] }>();

  constructor(parts: NameServersParts) {
    this.#parts = parts;
  }

  /** A network without IPv4 has none: its containers ask the host's servers themselves. Nor has one whose gateway is not the machine. */
  async open(network: BridgeNetwork): Promise<void> {
    const address = network.gateway(4);
    if (address === undefined || !network.hasHost) return;
    const server = await DnsServer.open({ address: formatIpAddress(address), clientAt: (from) => this.#client(network, from) });
    this.#servers.set(network.id, { server, address });
  }

  /** Whether containers on these networks have to be answered where they are, since no server of a network is near. */
  needsOwn(endpoints: readonly Endpoint[]): boolean {
    return endpoints.some(({ ipv4, networkId }) => ipv4 !== undefined && !this.#servers.has(networkId));
  }

  /** A server in a container's own namespace, for it alone, on 127.0.0.11. */
  async openInside(containerId: string, netnsPath: string): Promise<void> {
    if (this.#servers.has(containerId)) return;
    const address = parseIpAddress(resolverAddress);
    const server = await DnsServer.open({
      address: resolverAddress,
      clientAt: () => this.#clientOf(this.#parts.sandboxes().get(containerId)),
      inside: (action) => insideNetworkNamespace(netnsPath, action),
    });
    this.#servers.set(containerId, { server, address });
  }

  /** @param id of a network, or of a container */
  async close(id: string): Promise<void> {
    const held = this.#servers.get(id);
    this.#servers.delete(id);
    this.#crowds.delete(id);
    await held?.server[Symbol.asyncDispose]();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((id) => this.close(id)));
  }

  /** Where a container sends its questions; undefined as long as it has nobody to ask. */
  serverFor({ containerId, endpoints }: Pick<Sandbox, "containerId" | "endpoints">): { readonly address: IpAddress; readonly port: number } | undefined {
    const gateway = gatewayEndpoint(endpoints);
    const candidates = [containerId, ...(gateway === undefined ? [] : [gateway.networkId]), ...endpoints.map(({ networkId }) => networkId)];
    const held = candidates.map((id) => this.#servers.get(id)).find((server) => server !== undefined);
    return held === undefined ? undefined : { address: held.address, port: held.server.port };
  }

  #client(network: BridgeNetwork, from: string): Client | undefined {
    return this.#clientOf(this.#parts.sandboxes().at(network.id, from));
  }

  #clientOf(asking: SandboxRecord | undefined): Client | undefined {
    if (asking === undefined) return undefined;
    const { endpoints } = asking.sandbox;
    // On the default bridge containers have no names for each other, as docker has it.
    const named = endpoints.filter(({ networkName }) => networkName !== "bridge");
    const crowd = named.flatMap(({ networkId }) => this.#crowd(networkId));
    return {
      view: { endpoints: crowd, links: linksOf(named, crowd) },
      isInternal: gatewayEndpoint(endpoints) === undefined,
      servers: asking.dnsServers.length === 0 ? this.#parts.hostServers() : asking.dnsServers,
    };
  }

  /** Everybody on a network, made once after each change. */
  #crowd(networkId: string): readonly NamedEndpoint[] {
    const index = this.#parts.sandboxes();
    const known = this.#crowds.get(networkId);
    if (known?.version === index.version) return known.endpoints;
    const endpoints = index.all().flatMap((record) =>
      record.sandbox.endpoints.filter((endpoint) => endpoint.networkId === networkId).map((endpoint) => named(record, endpoint)));
    this.#crowds.set(networkId, { version: index.version, endpoints });
    return endpoints;
  }
}

function named({ containerName, hostname, sandbox }: SandboxRecord, { networkName, ipv4, ipv6, request }: Endpoint): NamedEndpoint {
  const addresses = new Map<IpFamily, string>();
  if (ipv4 !== undefined) addresses.set(4, ipv4.address);
  if (ipv6 !== undefined) addresses.set(6, ipv6.address);
  const names = [containerName, sandbox.containerId.slice(0, 12), hostname, ...(request.aliases ?? [])];
  return { containerId: sandbox.containerId, containerName, networkName, addresses, names: new Set(names.map((name) => name.toLowerCase())) };
}

/** `--link container[:alias]`: what this container alone calls others. */
function linksOf(endpoints: readonly Endpoint[], crowd: readonly NamedEndpoint[]): Map<string, string> {
  const links = new Map<string, string>();
  for (const link of endpoints.flatMap(({ request }) => request.links ?? [])) {
    const [target = "", alias = target] = link.split(":");
    const found = crowd.find(({ containerId, containerName }) => containerName === target || containerId === target || containerId.slice(0, 12) === target);
    if (found !== undefined) links.set(alias.toLowerCase(), found.containerId);
  }
  return links;
}
