import type { IpAddress, IpFamily, PublishedPort } from "../../base/index.ts";
import { EngineError, parseIpAddress } from "../../base/index.ts";
import { endpointAddresses } from "./bridge-network.ts";
import type { BoundPort, Endpoint } from "./contract.ts";
import { gatewayEndpoint } from "./gateway-endpoint.ts";
import { targetsOf } from "./port-targets.ts";
import { planPublishing } from "./publishing-plan.ts";
import type { SandboxParts } from "./sandbox-parts.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

type PublisherParts = Pick<SandboxParts, "ports" | "firewall" | "records" | "registry" | "publishDefault">;

/** Whose ports they are. */
export interface Publisher {
  readonly containerId: string;
  readonly containerName: string;
  readonly endpoints: readonly Endpoint[];
}

/** Ports of containers on their way to the machine: which are held for whom, and where the firewall sends what arrives there. */
export class PortPublisher {
  readonly #parts: PublisherParts;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /**
   * Holds ports of the machine; nothing leads anywhere yet.
   * @throws EngineError with docker's text when one is taken, and then none is held
   */
  bind({ containerId, containerName, endpoints }: Publisher, wishes: readonly PublishedPort[]): BoundPort[] {
    const endpoint = gatewayEndpoint(endpoints);
    // On a link of the machine it is reached without the machine.
    if (endpoint === undefined || endpoint.driver === "macvlan" || wishes.length === 0) return [];
    const { gatewayModes } = this.#parts.registry.byId(endpoint.networkId).definition;
    const [routed, turned] = [true, false].map((isRouted) => endpointAddresses(endpoint).filter(({ family }) => (gatewayModes?.[family] === "routed") === isRouted));
    const open = wishes.flatMap((wish) => routedPorts(wish, routed ?? []));
    const addresses = new Map<IpFamily, IpAddress>((turned ?? []).map((address) => [address.family, address]));
    const owner = { holder: containerId, endpointName: containerName, endpointId: endpoint.endpointId, addresses };
    const held = wishes.filter(({ hostAddress }) => addresses.size > 0 && !(routed ?? []).some(({ family }) => isOf(hostAddress, family)));
    return [...this.#parts.ports.bind(owner, this.#withDefaults(endpoint, held)), ...open];
  }

  /**
   * Makes a running container's published ports those that are wished for: all of it, or nothing and an error. What is
   * connected through a port that goes stays connected, but for datagrams.
   * @returns the record from now on
   */
  republish(record: SandboxRecord, wishes: readonly PublishedPort[]): SandboxRecord {
    const { ports, firewall, records } = this.#parts;
    const { sandbox, containerName } = record;
    const { containerId, endpoints } = sandbox;
    const endpoint = gatewayEndpoint(endpoints);
    if (endpoint === undefined || endpoint.driver === "macvlan") {
      throw new EngineError("forbidden", `container ${containerName} has no network on which ports could be published`);
    }
    const { kept, dropped, added } = planPublishing(sandbox.ports, this.#withDefaults(endpoint, wishes));
    using undo = new DisposableStack();
    firewall.withdraw(targetsOf({ endpoints, ports: dropped }));
    undo.defer(() => { firewall.publish(targetsOf({ endpoints, ports: dropped })); });
    ports.releaseSome(containerId, dropped);
    undo.defer(() => { ports.rebind(containerId, dropped); });
    const bound = this.bind({ containerId, containerName, endpoints }, added);
    undo.defer(() => { ports.releaseSome(containerId, bound); });
    const changed = { ...record, sandbox: { ...sandbox, ports: [...kept, ...bound] } };
    records.write(changed);
    undo.defer(() => { records.write(record); });
    firewall.publish(targetsOf({ endpoints, ports: bound }));
    undo.move();
    return changed;
  }

  /** A binding without an address has the network's, or the engine's. */
  #withDefaults({ networkId }: Endpoint, wishes: readonly PublishedPort[]): PublishedPort[] {
    const { registry, publishDefault } = this.#parts;
    const hostAddress = registry.byId(networkId).definition.hostBinding ?? publishDefault;
    return wishes.map((wish): PublishedPort => (hostAddress === undefined ? wish : { hostAddress, ...wish }));
  }
}

/** Ports of a container that is reached under its own addresses need none of the machine's. */
function routedPorts({ containerPort, protocol, hostAddress }: PublishedPort, addresses: readonly IpAddress[]): BoundPort[] {
  return addresses.filter(({ family }) => hostAddress === undefined || isOf(hostAddress, family)).map(({ family }) =>
    ({ containerPort, protocol, hostAddress: family === 4 ? "0.0.0.0" : "::", hostPort: 0 }));
}

/** Whether an address was given, and is of the family. */
function isOf(address: string | undefined, family: IpFamily): boolean {
  return address !== undefined && parseIpAddress(address).family === family;
}
