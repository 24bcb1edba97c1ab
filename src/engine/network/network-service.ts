import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Filters, Network, NetworkFilter, NetworkSettings } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { IpAddress, IpFamily } from "../../base/index.ts";
import { NetlinkSocket } from "../../host/netlink/index.ts";
import { removeNetworkNamespace } from "../../host/netns/index.ts";
import { BridgeNetwork, endpointAddresses } from "./bridge-network.ts";
import { ensureBridge } from "./bridge-link.ts";
import type {
  BoundPort, ContainerNetworks, Endpoint, EndpointRequest, NetworkEvent, NetworkMode, Networks, NetworksOptions, RecoveryReport, Sandbox, SandboxRequest,
} from "./contract.ts";
import { Firewall } from "./firewall.ts";
import { LinkRemover } from "./link-remover.ts";
import { macAddressOf } from "./mac-address.ts";
import { connectEndpoint, hostLinkName, makeNamespace } from "./namespace-setup.ts";
import { NetworkFilesMaker } from "./network-files.ts";
import { NetworkListing } from "./network-listing.ts";
import { networkSettings } from "./network-settings.ts";
import { PortLedger } from "./port-ledger.ts";
import type { PortTarget } from "./port-map.ts";
import { targetsOf } from "./port-targets.ts";
import { predefinedNetworkId } from "./predefined.ts";
import { recoverNetworks } from "./recovery.ts";
import { SandboxRecords } from "./sandbox-record.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** Networks on this machine's kernel. See {@link Networks} for what is called when. */
export class NetworkService implements Networks {
  readonly #options: NetworksOptions;
  readonly #folder: string;
  readonly #socket = new NetlinkSocket("route");
  readonly #remover = new LinkRemover(this.#socket);
  readonly #firewall: Firewall;
  readonly #ports = new PortLedger();
  readonly #records: SandboxRecords;
  readonly #sandboxes = new Map<string, SandboxRecord>();
  readonly #files: NetworkFilesMaker;
  readonly #createdAt = new Date();
  #bridge: BridgeNetwork | undefined;

  constructor(options: NetworksOptions) {
    this.#options = options;
    this.#folder = join(options.execRoot, "netns");
    mkdirSync(this.#folder, { recursive: true, mode: 0o711 });
    this.#records = new SandboxRecords(this.#folder);
    this.#firewall = new Firewall(`wharf-${options.bridge}`);
    this.#files = new NetworkFilesMaker(options.resolvConfPath === undefined ? {} : { resolvConfPath: options.resolvConfPath });
  }

  async recover(living: readonly string[]): Promise<RecoveryReport> {
    const wish = { name: this.#options.bridge, ...(this.#options.bridgeAddress === undefined ? {} : { address: this.#options.bridgeAddress }) };
    this.#bridge = new BridgeNetwork({
      id: this.#networkId("bridge"), name: "bridge", link: ensureBridge(this.#socket, wish),
    });
    return await recoverNetworks({
      living, folder: this.#folder, records: this.#records, socket: this.#socket, remover: this.#remover,
      firewall: this.#firewall, ports: this.#ports, networks: [this.#bridge], sandboxes: this.#sandboxes,
    });
  }

  prepare(request: SandboxRequest): Promise<Sandbox> {
    return Promise.try(() => this.#prepare(request));
  }

  release(containerId: string): Promise<void> {
    return Promise.try(() => { this.#release(containerId); });
  }

  settled(): Promise<void> {
    return this.#remover.settled();
  }

  sandbox(containerId: string): Sandbox | undefined {
    return this.#sandboxes.get(containerId)?.sandbox;
  }

  /** The default bridge. @throws EngineError `internal` before `recover`. */
  get bridge(): BridgeNetwork {
    if (this.#bridge === undefined) throw new EngineError("internal", "networks are used before they were recovered");
    return this.#bridge;
  }

  list(filters: Filters<NetworkFilter>): Promise<readonly Network[]> {
    return Promise.try(() => this.#listing().list(filters));
  }

  inspect(reference: string, options: { readonly scope?: string }): Promise<Network> {
    return Promise.try(() => this.#listing().inspect(reference, options));
  }

  settings(request: ContainerNetworks): NetworkSettings {
    const owner = request.mode.kind === "container" ? request.mode.container : request.containerId;
    const sandbox = request.isRunning ? this.sandbox(owner) : undefined;
    return networkSettings({ ...request, networkId: (name) => this.#networkId(name), ...(sandbox === undefined ? {} : { sandbox }) });
  }

  rename(containerId: string, name: string): void {
    const record = this.#sandboxes.get(containerId);
    if (record === undefined) return;
    const renamed = { ...record, containerName: name };
    this.#records.write(renamed);
    this.#sandboxes.set(containerId, renamed);
  }

  async close(): Promise<void> {
    await this.#remover.settled();
    this.#ports.close();
    this.#firewall[Symbol.dispose]();
    this.#remover[Symbol.dispose]();
    this.#socket[Symbol.dispose]();
  }

  #prepare(request: SandboxRequest): Sandbox {
    const { containerId, mode } = request;
    if (this.#sandboxes.has(containerId)) throw new EngineError("internal", `the container ${containerId} has a network already`);
    if (mode.kind === "container") return this.#join(containerId, mode.container);
    using undo = new DisposableStack();
    const sandbox = this.#build(request, undo);
    this.#sandboxes.set(containerId, { containerName: request.containerName, sandbox });
    undo.move();
    for (const endpoint of sandbox.endpoints) this.#report("connect", { endpoint, containerId });
    return sandbox;
  }

  /** Each step that leaves something behind puts its undoing on the stack. */
  #build(request: SandboxRequest, undo: DisposableStack): Sandbox {
    const { containerId, mode } = request;
    const netnsPath = mode.kind === "host" ? undefined : join(this.#folder, containerId);
    const endpoints = mode.kind === "network" ? [this.#plan(mode, { request, undo })] : [];
    const ports = this.#bindPorts(request, { endpoints, undo });
    const sandbox: Sandbox = {
      containerId,
      sandboxId: randomBytes(32).toString("hex"),
      ...(netnsPath === undefined ? {} : { netnsPath }),
      endpoints,
      ports,
    };
    const files = this.#files.make({ request, endpoints, hostGateway: this.bridge.gateway(4) });
    this.#records.write({ containerName: request.containerName, sandbox });
    undo.defer(() => { this.#records.remove(containerId); });
    if (netnsPath !== undefined) this.#makeLinks({ netnsPath, endpoints, undo });
    this.#publish(targetsOf(sandbox), undo);
    return { ...sandbox, files };
  }

  /** Addresses and names of an endpoint, before anything is made. */
  #plan(mode: NetworkMode & { kind: "network" }, { request, undo }: { request: SandboxRequest; undo: DisposableStack }): Endpoint {
    const network = this.#network(mode.name);
    const wish = wishFor(network, request);
    refuseUnsupported(wish);
    const addresses = network.allocate(wish);
    undo.defer(() => { network.release(addresses.values()); });
    const [ipv4, ipv6] = [addresses.get(4), addresses.get(6)];
    const first = ipv4 ?? ipv6;
    if (first === undefined) throw new EngineError("internal", `the network ${network.name} has no subnet`);
    return {
      networkId: network.id,
      networkName: network.name,
      endpointId: randomBytes(32).toString("hex"),
      interfaceName: "eth0",
      macAddress: wish.macAddress ?? macAddressOf(first),
      ...(ipv4 === undefined ? {} : { ipv4: network.describe(ipv4) }),
      ...(ipv6 === undefined ? {} : { ipv6: network.describe(ipv6) }),
      request: wish,
    };
  }

  #bindPorts(request: SandboxRequest, { endpoints, undo }: { endpoints: readonly Endpoint[]; undo: DisposableStack }): BoundPort[] {
    const [endpoint] = endpoints;
    if (endpoint === undefined || request.publish.length === 0) return [];
    const addresses = new Map<IpFamily, IpAddress>(endpointAddresses(endpoint).map((address) => [address.family, address]));
    const ports = this.#ports.bind({ endpointName: request.containerName, endpointId: endpoint.endpointId, addresses }, request.publish);
    undo.defer(() => { this.#ports.release(endpoint.endpointId); });
    return ports;
  }

  #makeLinks({ netnsPath, endpoints, undo }: { netnsPath: string; endpoints: readonly Endpoint[]; undo: DisposableStack }): void {
    using inside = makeNamespace(netnsPath);
    undo.defer(() => { removeNetworkNamespace(netnsPath); });
    for (const [index, endpoint] of endpoints.entries()) {
      undo.defer(() => { this.#remover.remove([hostLinkName(endpoint)]); });
      const bridge = this.#network(endpoint.networkId).link;
      connectEndpoint({ endpoint, bridge, outside: this.#socket, inside, netnsPath, isDefaultRoute: index === 0 });
    }
  }

  #publish(targets: readonly PortTarget[], undo: DisposableStack): void {
    this.#firewall.publish(targets);
    undo.defer(() => { this.#firewall.withdraw(targets); });
  }

  #release(containerId: string): void {
    const record = this.#sandboxes.get(containerId);
    if (record === undefined) return;
    const { sandbox } = record;
    this.#sandboxes.delete(containerId);
    using steps = new DisposableStack();
    // Run from the last to the first, each whatever became of the others.
    steps.defer(() => { this.#records.remove(containerId); });
    for (const endpoint of sandbox.endpoints) {
      steps.defer(() => { this.#network(endpoint.networkId).release(endpointAddresses(endpoint)); });
      steps.defer(() => { this.#ports.release(endpoint.endpointId); });
    }
    const { netnsPath } = sandbox;
    if (netnsPath !== undefined) steps.defer(() => { removeNetworkNamespace(netnsPath); });
    steps.defer(() => { this.#remover.remove(sandbox.endpoints.map(hostLinkName)); });
    steps.defer(() => { this.#firewall.withdraw(targetsOf(sandbox)); });
    for (const endpoint of sandbox.endpoints) this.#report("disconnect", { endpoint, containerId });
  }

  /** The network of another container, which has to be running. */
  #join(containerId: string, other: string): Sandbox {
    const joined = this.#sandboxes.get(other)?.sandbox;
    if (joined === undefined) throw new EngineError("conflict", `cannot join network of a non running container: ${other}`);
    return {
      containerId,
      sandboxId: joined.sandboxId,
      ...(joined.netnsPath === undefined ? {} : { netnsPath: joined.netnsPath }),
      endpoints: [],
      ports: [],
    };
  }

  #listing(): NetworkListing {
    return new NetworkListing({
      bridge: this.bridge, createdAt: this.#createdAt, networkId: (name) => this.#networkId(name), sandboxes: () => this.#sandboxes.values(),
    });
  }

  #networkId(name: string): string {
    return predefinedNetworkId(name, this.#folder);
  }

  #network(reference: string): BridgeNetwork {
    if (reference === this.bridge.name || reference === this.bridge.id) return this.bridge;
    throw new EngineError("not-found", `network ${reference} not found`);
  }

  #report(action: NetworkEvent["action"], { endpoint, containerId }: { endpoint: Endpoint; containerId: string }): void {
    this.#options.onEvent?.({ action, networkId: endpoint.networkId, networkName: endpoint.networkName, driver: "bridge", containerId });
  }
}

function wishFor(network: BridgeNetwork, { endpoints }: SandboxRequest): EndpointRequest {
  return endpoints?.get(network.name) ?? endpoints?.get(network.id) ?? endpoints?.get("default") ?? {};
}

/** docker's rule for its default bridge, whose addresses are the engine's to give. */
function refuseUnsupported(wish: EndpointRequest): void {
  if (isGiven(wish.ipv4Address) || isGiven(wish.ipv6Address)) {
    throw new EngineError("invalid-argument", "user specified IP address is supported on user defined networks only");
  }
  if (wish.aliases !== undefined && wish.aliases.length > 0) {
    throw new EngineError("invalid-argument", "network-scoped alias is supported only for containers in user defined networks");
  }
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
