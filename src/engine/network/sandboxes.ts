import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { PublishedPort } from "../../base/index.ts";
import { removeNetworkNamespace } from "../../host/netns/index.ts";
import { endpointAddresses } from "./bridge-network.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import type { Endpoint, EndpointRequest, NetworkFiles, Sandbox, SandboxRequest } from "./contract.ts";
import { EndpointChanges } from "./endpoint-changes.ts";
import { freeInterfaceName, planEndpoint, requestedNetworks } from "./endpoint-plan.ts";
import { gatewayEndpoint } from "./gateway-endpoint.ts";
import { connectEndpoint, hostLinkName, makeNamespace, openNamespace, pointResolver } from "./namespace-setup.ts";
import { PortPublisher } from "./port-publisher.ts";
import { targetsOf } from "./port-targets.ts";
import type { SandboxParts } from "./sandbox-parts.ts";
import { SandboxIndex } from "./sandbox-index.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** The networks of containers that run. Everything here is synchronous: no two changes ever mix. */
export class Sandboxes {
  readonly #parts: SandboxParts;
  readonly #changes: EndpointChanges;
  readonly #publisher: PortPublisher;
  readonly #known = new SandboxIndex();

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    this.#changes = new EndpointChanges(parts);
    this.#publisher = new PortPublisher(parts);
  }

  get(containerId: string): SandboxRecord | undefined {
    return this.#known.get(containerId);
  }

  all(): SandboxRecord[] {
    return this.#known.all();
  }

  /** Takes over what a container had before the engine was killed. */
  adopt(record: SandboxRecord): void {
    this.#known.set(record);
  }

  get index(): SandboxIndex {
    return this.#known;
  }

  /** The engine's name servers have other ports after a start. */
  pointResolvers(): void {
    for (const { sandbox } of this.#known.all()) this.pointResolver(sandbox.containerId);
  }

  pointResolver(containerId: string): void {
    const { usesResolver, sandbox } = this.#running(containerId);
    if (!usesResolver || sandbox.netnsPath === undefined) return;
    const server = this.#parts.names.serverFor(sandbox);
    if (server === undefined) return;
    using inside = openNamespace(sandbox.netnsPath, true);
    pointResolver(inside, server);
  }

  /** All of it, or nothing and an error. */
  make(request: SandboxRequest): Sandbox {
    const { containerId, mode } = request;
    if (this.#known.get(containerId) !== undefined) throw new EngineError("internal", `the container ${containerId} has a network already`);
    if (mode.kind === "container") return this.#join(containerId, mode.container);
    using undo = new DisposableStack();
    const { record, files } = this.#build(request, undo);
    this.#known.set(record);
    undo.move();
    return { ...record.sandbox, files };
  }

  /** Whatever is there of it goes, and what cannot go does not keep the rest. */
  release(containerId: string): Sandbox | undefined {
    const sandbox = this.#known.get(containerId)?.sandbox;
    if (sandbox === undefined) return undefined;
    const { records, ports, remover, firewall, registry } = this.#parts;
    this.#known.delete(containerId);
    using steps = new DisposableStack();
    // Run from the last to the first, each whatever became of the others.
    steps.defer(() => { records.remove(containerId); });
    for (const endpoint of sandbox.endpoints) {
      steps.defer(() => { registry.byId(endpoint.networkId).release(endpointAddresses(endpoint)); });
    }
    steps.defer(() => { ports.release(containerId); });
    const { netnsPath } = sandbox;
    if (netnsPath !== undefined) steps.defer(() => { removeNetworkNamespace(netnsPath); });
    steps.defer(() => { firewall.expel(sandbox.endpoints); });
    steps.defer(() => { remover.remove(sandbox.endpoints.filter(({ driver }) => driver === undefined).map(hostLinkName)); });
    steps.defer(() => { firewall.withdraw(targetsOf(sandbox)); });
    return sandbox;
  }

  /** See {@link EndpointChanges}. @throws EngineError `conflict` for a container that does not run. */
  connect(request: SandboxRequest, reference: string): { endpoint: Endpoint; files: NetworkFiles } {
    const { record, files } = this.#changes.connect(this.#running(request.containerId), request, reference);
    this.#known.set(record);
    const endpoint = record.sandbox.endpoints.at(-1);
    if (endpoint === undefined) throw new EngineError("internal", "a container was connected and has no endpoint");
    return { endpoint, files };
  }

  /** @returns the endpoint that is no more */
  disconnect(containerId: string, reference: string): Endpoint | undefined {
    const before = this.#running(containerId);
    const after = this.#changes.disconnect(before, reference);
    this.#known.set(after);
    return before.sandbox.endpoints.find((endpoint) => !after.sandbox.endpoints.includes(endpoint));
  }

  /** See {@link PortPublisher.republish}. @throws EngineError `conflict` for a container that does not run. */
  republish(containerId: string, wishes: readonly PublishedPort[]): Sandbox {
    const record = this.#publisher.republish(this.#running(containerId), wishes);
    this.#known.set(record);
    return record.sandbox;
  }

  rename(containerId: string, name: string): void {
    const record = this.#known.get(containerId);
    if (record !== undefined) this.#save({ ...record, containerName: name });
  }

  #running(containerId: string): SandboxRecord {
    const record = this.#known.get(containerId);
    if (record === undefined) throw new EngineError("conflict", `container ${containerId} is not running`);
    return record;
  }

  #save(record: SandboxRecord): void {
    this.#parts.records.write(record);
    this.#known.set(record);
  }

  /** Each step that leaves something behind puts its undoing on the stack. */
  #build(request: SandboxRequest, undo: DisposableStack): { record: SandboxRecord; files: NetworkFiles } {
    const { files, records, registry } = this.#parts;
    const { containerId, mode } = request;
    const endpoints: Endpoint[] = [];
    for (const [network, wish] of requestedNetworks(request, registry)) {
      endpoints.push(this.#plan(network, { wish, interfaceName: freeInterfaceName(network, endpoints), undo }));
    }
    const usesResolver = files.needsResolver(request, endpoints);
    const contents = files.make({ request, endpoints, hostGateway: registry.all()[0]?.gateway(4), usesResolver });
    const ports = this.#publisher.bind({ ...request, endpoints }, request.publish);
    undo.defer(() => { this.#parts.ports.release(containerId); });
    const sandbox: Sandbox = {
      containerId,
      sandboxId: randomBytes(32).toString("hex"),
      ...(mode.kind === "host" ? {} : { netnsPath: join(this.#parts.folder, containerId) }),
      endpoints,
      ports,
    };
    const record = { containerName: request.containerName, hostname: request.hostname, usesResolver, dnsServers: request.dns.servers, sandbox };
    records.write(record);
    undo.defer(() => { records.remove(containerId); });
    this.#makeLinks(record, undo);
    const targets = targetsOf(sandbox);
    this.#parts.firewall.publish(targets);
    undo.defer(() => { this.#parts.firewall.withdraw(targets); });
    return { record, files: contents };
  }

  #plan(network: BridgeNetwork, { wish, interfaceName, undo }: { wish: EndpointRequest; interfaceName: string; undo: DisposableStack }): Endpoint {
    const addresses = network.allocate(wish);
    undo.defer(() => { network.release(addresses.values()); });
    return planEndpoint(network, { addresses, wish, interfaceName });
  }

  #makeLinks({ sandbox, usesResolver }: SandboxRecord, undo: DisposableStack): void {
    const { names, remover, registry, socket } = this.#parts;
    const { endpoints, netnsPath } = sandbox;
    if (netnsPath === undefined) return;
    using inside = makeNamespace(netnsPath, usesResolver);
    undo.defer(() => { removeNetworkNamespace(netnsPath); });
    const gateway = gatewayEndpoint(endpoints);
    this.#parts.firewall.admit(endpoints);
    undo.defer(() => { this.#parts.firewall.expel(endpoints); });
    for (const endpoint of endpoints) {
      undo.defer(() => { remover.remove([hostLinkName(endpoint)]); });
      const network = registry.byId(endpoint.networkId);
      connectEndpoint({
        endpoint, bridge: network.link, ...(network.definition.macvlan === undefined ? {} : { macvlan: network.definition.macvlan }), isIsolated: !network.definition.interContainer, outside: socket, inside: inside.route, netnsPath,
        isDefaultRoute: endpoint === gateway,
      });
    }
    const server = usesResolver ? names.serverFor(sandbox) : undefined;
    if (server !== undefined) pointResolver(inside, server);
  }

  /** The network of another container, which has to be running. */
  #join(containerId: string, other: string): Sandbox {
    const joined = this.#known.get(other)?.sandbox;
    if (joined === undefined) throw new EngineError("conflict", `cannot join network of a non running container: ${other}`);
    return {
      containerId,
      sandboxId: joined.sandboxId,
      ...(joined.netnsPath === undefined ? {} : { netnsPath: joined.netnsPath }),
      endpoints: [],
      ports: [],
    };
  }
}
