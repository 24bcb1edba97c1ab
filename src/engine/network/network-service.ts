import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type {
  Filters, Network, NetworkCreateBody, NetworkCreateReply, NetworkFilter, NetworkPruneFilter, NetworkPruneReply, NetworkSettings, PortReach,
} from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { PublishedPort } from "../../base/index.ts";
import { NetlinkSocket } from "../../host/netlink/index.ts";
import type { Checked, Finding } from "../check/index.ts";
import type { Records } from "../store/index.ts";
import type {
  ContainerNetworks, NetworkEvent, NetworkFiles, Networks, NetworksOptions, RecoveryReport, Sandbox, SandboxRequest,
} from "./contract.ts";
import { defaultBridge, machineId } from "./default-bridge.ts";
import { watchFirewall } from "./firewall-watch.ts";
import { Firewall } from "./firewall.ts";
import { networksInUse, readHostNetworks } from "./host-networks.ts";
import { LinkRemover } from "./link-remover.ts";
import { NameServers } from "./name-servers.ts";
import { defineNetwork } from "./network-creation.ts";
import { isPredefined, isPrunable } from "./network-filters.ts";
import { decodeDefinition, encodeDefinition } from "./network-definition.ts";
import { NetworkFilesMaker } from "./network-files.ts";
import { NetworkListing } from "./network-listing.ts";
import { NetworkRegistry } from "./network-registry.ts";
import type { DefinitionTable } from "./network-registry.ts";
import { networkSettings } from "./network-settings.ts";
import { OverlapWatch } from "./overlap-watch.ts";
import { findOverlaps } from "./overlaps.ts";
import { PortLedger } from "./port-ledger.ts";
import { portReach } from "./reach-facts.ts";
import { targetsOf } from "./port-targets.ts";
import { predefinedNetworkId } from "./predefined.ts";
import { recoverNetworks } from "./recovery.ts";
import { strayNetworks } from "./stray-networks.ts";
import { SandboxRecords } from "./sandbox-record.ts";
import { Sandboxes } from "./sandboxes.ts";

/** Networks on this machine's kernel. See {@link Networks} for what is called when. */
export class NetworkService implements Networks, Checked {
  readonly #options: NetworksOptions;
  readonly #folder: string;
  readonly #createdAt = new Date().toISOString();
  readonly #socket = new NetlinkSocket("route");
  readonly #remover = new LinkRemover(this.#socket);
  readonly #firewall: Firewall;
  readonly #ports = new PortLedger();
  readonly #records: SandboxRecords;
  readonly #registry: NetworkRegistry;
  readonly #sandboxes: Sandboxes;
  readonly #names: NameServers;
  readonly #listing: NetworkListing;
  readonly #watches = new AsyncDisposableStack();
  #isKept = false;

  constructor(options: NetworksOptions) {
    this.#options = options;
    this.#folder = join(options.execRoot, "netns");
    mkdirSync(this.#folder, { recursive: true, mode: 0o711 });
    this.#records = new SandboxRecords(this.#folder);
    this.#firewall = new Firewall(`wharf-${options.bridge}`, () => ({
      bridges: this.#registry.all().filter(({ driver }) => driver === "bridge").map(({ definition }) => definition),
      ports: this.#sandboxes.all().flatMap(({ sandbox }) => targetsOf(sandbox)),
      endpoints: this.#sandboxes.all().flatMap(({ sandbox }) => sandbox.endpoints),
    }));
    const kernel = { socket: this.#socket, remover: this.#remover, firewall: this.#firewall };
    this.#registry = new NetworkRegistry({ ...kernel, definitions: definitionTable(options.records) });
    const files = new NetworkFilesMaker(options.resolvConfPath === undefined ? {} : { resolvConfPath: options.resolvConfPath });
    this.#names = new NameServers({ sandboxes: () => this.#sandboxes.index, hostServers: () => files.hostServers() });
    this.#sandboxes = new Sandboxes({
      ...kernel, folder: this.#folder, ports: this.#ports, records: this.#records, registry: this.#registry, files, names: this.#names,
      ...(options.publishDefault === undefined ? {} : { publishDefault: options.publishDefault }),
    });
    this.#listing = new NetworkListing({
      createdAt: this.#createdAt, networkId: (name) => this.#networkId(name),
      networks: () => this.#registry.all(), sandboxes: () => this.#sandboxes.all(),
    });
  }

  async recover(living: readonly string[]): Promise<RecoveryReport> {
    const { bridge, bridgeAddress } = this.#options;
    const wish = { id: this.#networkId("bridge"), bridge, ...(bridgeAddress === undefined ? {} : { address: bridgeAddress }) };
    const missing = this.#registry.open((host) => defaultBridge(wish, host));
    const report = await recoverNetworks({
      living, folder: this.#folder, records: this.#records, socket: this.#socket, remover: this.#remover,
      firewall: this.#firewall, ports: this.#ports, networks: this.#registry.all(), sandboxes: this.#sandboxes,
    });
    await Promise.all(this.#registry.all().map((network) => this.#names.open(network)));
    await Promise.all(this.#sandboxes.all().map(({ sandbox }) => this.#openOwnResolver(sandbox)));
    this.#sandboxes.pointResolvers();
    this.#watchKernel();
    return { ...report, warnings: [...missing, ...report.warnings] };
  }

  async prepare(request: SandboxRequest): Promise<Sandbox> {
    const sandbox = this.#sandboxes.make(request);
    try {
      await this.#openOwnResolver(sandbox);
    } catch (error) {
      await this.release(request.containerId);
      throw error;
    }
    this.#report("connect", sandbox);
    return sandbox;
  }

  /** A container that no gateway of ours is near is answered in its own namespace. */
  async #openOwnResolver({ containerId, netnsPath, endpoints }: Sandbox): Promise<void> {
    if (netnsPath === undefined || !this.#names.needsOwn(endpoints)) return;
    await this.#names.openInside(containerId, netnsPath);
    this.#sandboxes.pointResolver(containerId);
  }

  async release(containerId: string): Promise<void> {
    const sandbox = this.#sandboxes.release(containerId);
    await this.#names.close(containerId);
    if (sandbox !== undefined) this.#report("disconnect", sandbox);
  }

  async connect(request: SandboxRequest, network: string): Promise<NetworkFiles> {
    // An interface of the name may be on its way out.
    await this.#remover.settled();
    const { endpoint, files } = this.#sandboxes.connect(request, network);
    const sandbox = this.sandbox(request.containerId);
    if (sandbox !== undefined) await this.#openOwnResolver(sandbox);
    this.#report("connect", { containerId: request.containerId, endpoints: [endpoint] });
    return files;
  }

  disconnect(containerId: string, network: string): Promise<void> {
    return Promise.try(() => {
      const endpoint = this.#sandboxes.disconnect(containerId, network);
      if (endpoint !== undefined) this.#report("disconnect", { containerId, endpoints: [endpoint] });
    });
  }

  republish(containerId: string, wishes: readonly PublishedPort[]): Promise<Sandbox> {
    return Promise.try(() => this.#sandboxes.republish(containerId, wishes));
  }

  reach(containerId: string): Promise<readonly PortReach[]> {
    return Promise.try(() => portReach(this.#sandboxes.get(containerId)?.sandbox, {
      socket: this.#socket, firewall: this.#firewall, ports: this.#ports, networks: this.#registry.all(),
    }));
  }

  settled(): Promise<void> {
    return this.#remover.settled();
  }

  sandbox(containerId: string): Sandbox | undefined {
    return this.#sandboxes.get(containerId)?.sandbox;
  }

  settings(request: ContainerNetworks): NetworkSettings {
    const owner = request.mode.kind === "container" ? request.mode.container : request.containerId;
    const sandbox = request.isRunning ? this.sandbox(owner) : undefined;
    return networkSettings({ ...request, networkId: (name) => this.#networkId(name), ...(sandbox === undefined ? {} : { sandbox }) });
  }

  list(filters: Filters<NetworkFilter>): Promise<readonly Network[]> {
    return Promise.try(() => this.#listing.list(filters));
  }

  inspect(reference: string, options: { readonly scope?: string }): Promise<Network> {
    return Promise.try(() => this.#withOverlaps(this.#listing.inspect(reference, options)));
  }

  async create(body: NetworkCreateBody): Promise<NetworkCreateReply> {
    const existing = this.#registry.all().map(({ definition }) => definition);
    const inUse = networksInUse(readHostNetworks(this.#socket));
    // Nothing else runs until it is in the registry, so that two never choose the same subnet.
    const network = this.#registry.create(defineNetwork(body, { existing, inUse, machine: machineId() }));
    try {
      await this.#names.open(network);
    } catch (error) {
      await this.#registry.remove(network);
      throw error;
    }
    this.#options.onEvent?.({ action: "create", networkId: network.id, networkName: network.name, driver: network.driver });
    return { Id: network.id, Warning: "" };
  }

  async remove(reference: string): Promise<void> {
    const network = this.#listing.inspect(reference, {});
    if (isPredefined(network)) throw new EngineError("forbidden", `${network.Name} is a pre-defined network and cannot be removed`);
    const occupants = Object.entries(network.Containers).map(([id, { Name }]) => `name:"${Name}" id:"${id.slice(0, 12)}"`);
    if (occupants.length > 0) {
      throw new EngineError("forbidden", `error while removing network: network ${network.Name} has active endpoints (${occupants.join(", ")})`);
    }
    await this.#remove(network);
  }

  async prune(filters: Filters<NetworkPruneFilter>): Promise<NetworkPruneReply> {
    const unused = this.#listing.all().filter((network) => isPrunable(network, filters, new Date()));
    await Promise.all(unused.map((network) => this.#remove(network)));
    this.#options.onPrune?.();
    return { NetworksDeleted: unused.map(({ Name }) => Name) };
  }

  /** Namespaces, records and ports of bridges that belong to no sandbox. */
  async findings(): Promise<readonly Finding[]> {
    // A link that is being deleted is none that was left.
    await this.#remover.settled();
    return strayNetworks({ folder: this.#folder, records: this.#records, socket: this.#socket, remover: this.#remover, networks: this.#registry.all(), sandboxes: this.#sandboxes });
  }

  rename(containerId: string, name: string): void {
    this.#sandboxes.rename(containerId, name);
  }

  keep(): void {
    this.#isKept = true;
  }

  async close(): Promise<void> {
    await this.#watches.disposeAsync();
    await this.#names.closeAll();
    if (!this.#isKept) await this.#takeBack();
    await this.#remover.settled();
    this.#ports.close();
    this.#firewall[Symbol.dispose]();
    this.#remover[Symbol.dispose]();
    this.#socket[Symbol.dispose]();
  }

  #withOverlaps(network: Network): Network {
    const definition = this.#registry.all().find(({ id }) => id === network.Id)?.definition;
    const overlaps = definition === undefined ? [] : findOverlaps(definition, readHostNetworks(this.#socket));
    return overlaps.length === 0 ? network : { ...network, Overlaps: overlaps };
  }

  /** What others do to the machine's networking from now on. */
  #watchKernel(): void {
    const { poller, onWarning } = this.#options;
    if (poller === undefined) return;
    const tables = `the firewall tables ${this.#firewall.table}`;
    this.#watches.use(watchFirewall({
      poller, firewall: this.#firewall,
      onRepaired: () => { onWarning?.(`${tables} were taken away, in whole or in part, and are there again`); },
      onFailure: (error) => { onWarning?.(`${tables} were taken away and cannot be put back: ${error instanceof Error ? error.message : String(error)}`); },
    }));
    this.#watches.use(new OverlapWatch({
      poller,
      find: () => {
        const host = readHostNetworks(this.#socket);
        return this.#registry.all().flatMap(({ name, definition }) => findOverlaps(definition, host).map((overlap) => `network ${name}: ${overlap}`));
      },
      onOverlap: (sentence) => { onWarning?.(sentence); },
    }));
  }

  /** A start that came to nothing leaves the machine as it was; bridges that were there before may have containers on them. */
  async #takeBack(): Promise<void> {
    if (this.#registry.takeBack() === 0) return;
    if (this.#registry.all().length === 0) await this.#firewall.remove();
    else await this.#firewall.rebuild();
  }

  async #remove({ Id, Name, Driver }: Network): Promise<void> {
    await this.#registry.remove(this.#registry.byId(Id));
    await this.#names.close(Id);
    this.#options.onEvent?.({ action: "destroy", networkId: Id, networkName: Name, driver: Driver });
  }

  #networkId(name: string): string {
    return predefinedNetworkId(name, this.#folder);
  }

  #report(action: NetworkEvent["action"], { containerId, endpoints }: Pick<Sandbox, "containerId" | "endpoints">): void {
    for (const { networkId, networkName } of endpoints) {
      this.#options.onEvent?.({ action, networkId, networkName, driver: this.#registry.byId(networkId).driver, containerId });
    }
  }
}

function definitionTable(records: Records): DefinitionTable {
  const table = records.table("networks", (value) => value);
  return {
    put: (id, definition) => { table.put(id, encodeDefinition(definition)); },
    delete: (id) => { table.delete(id); },
    all: () => [...table.all().values()].map(decodeDefinition),
  };
}
