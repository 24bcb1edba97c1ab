import type { EndpointSettings, NetworkConnectBody } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { Container } from "./container.ts";
import { writeNetworkFiles } from "./launch.ts";
import { modeOf, plainEndpoint, sandboxRequest } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";

export interface NetworkChange {
  /** Name or id of the network. */
  readonly network: string;
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/** Puts a container on one more network: at once if it runs, and at every start from now on. */
export async function connectContainer(container: Container, change: NetworkChange & { readonly body: NetworkConnectBody }): Promise<void> {
  const { parts, registry, body } = change;
  await container.queue.run(async () => {
    const { record } = container;
    const { Name: name } = await parts.networks.inspect(change.network, {});
    requireOwnNetworks(record, name);
    if (name in namedEndpoints(record) && !container.isRunning) {
      throw new EngineError("forbidden", `endpoint with name ${record.name} already exists in network ${name}`);
    }
    const endpoints = { ...namedEndpoints(record), [name]: body.EndpointConfig ?? plainEndpoint };
    if (container.isRunning) {
      const files = await parts.networks.connect(sandboxRequest({ ...record, endpoints }), name);
      writeNetworkFiles(record, { files }, parts);
    }
    registry.save(container, { endpoints });
  });
}

/** The opposite. What is not there any more, as a network that was removed, is no longer asked for either. */
export async function disconnectContainer(container: Container, { network, parts, registry }: NetworkChange): Promise<void> {
  await container.queue.run(async () => {
    const { record } = container;
    const { Name: name } = await parts.networks.inspect(network, {});
    requireOwnNetworks(record, name);
    const { [name]: found, ...endpoints } = namedEndpoints(record);
    if (found === undefined) throw new EngineError("internal", `container ${record.id} is not connected to network ${name}`);
    if (container.isRunning) await parts.networks.disconnect(record.id, name);
    registry.save(container, { endpoints });
  });
}

/** What the container is asked to be on, the network of its mode too where nothing else is said. */
function namedEndpoints(record: ContainerRecord): Readonly<Record<string, EndpointSettings>> {
  const mode = modeOf(record);
  const { default: bridge, ...rest } = record.endpoints;
  const named = bridge === undefined ? rest : { ...rest, bridge };
  if (mode.kind !== "network" || Object.keys(named).length > 0) return named;
  return { [mode.name]: plainEndpoint };
}

function requireOwnNetworks(record: ContainerRecord, network: string): void {
  const mode = modeOf(record);
  if (mode.kind !== "network") {
    throw new EngineError("forbidden", "container sharing network namespace with another container or host cannot be connected to any other network");
  }
  if (network === "host" || network === "none") {
    throw new EngineError("forbidden", `container cannot be connected to ${network} network`);
  }
}
