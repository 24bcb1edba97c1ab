import type { NetworkConnectBody, NetworkDisconnectBody } from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import type { Container } from "./container.ts";
import { writeNetworkFiles } from "./launch.ts";
import { modeOf, namedEndpoints, plainEndpoint, sandboxRequest } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
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
    const name = await networkName(container, change);
    const others = Object.keys(namedEndpoints(record)).filter((other) => other !== name);
    requireConnectable(modeOf(record).kind, { name, others });
    // What was asked for first counts, until it has left; one that runs is told that it is there.
    const endpoints = { [name]: body.EndpointConfig ?? plainEndpoint, ...namedEndpoints(record) };
    if (container.isRunning) {
      const files = await parts.networks.connect(sandboxRequest({ ...record, endpoints }), name);
      writeNetworkFiles(record, { files }, parts);
    }
    registry.save(container, { endpoints, hasLeftNetworks: false });
  });
}

/** The opposite. What is not there any more, as a network that was removed, is no longer asked for either. */
export async function disconnectContainer(container: Container, change: NetworkChange): Promise<void> {
  const { parts, registry } = change;
  await container.queue.run(async () => {
    const { record } = container;
    const name = await networkName(container, change);
    if (name === "host" && modeOf(record).kind === "host" && container.isRunning) {
      throw new EngineError("invalid-argument", "cannot disconnect container from host network - container was created in host network mode");
    }
    const { [name]: found, ...endpoints } = namedEndpoints(record);
    if (found === undefined) throw new EngineError("internal", `container ${record.id} is not connected to network ${name}`);
    if (container.isRunning && name !== "none") await parts.networks.disconnect(record.id, name);
    registry.save(container, { endpoints, hasLeftNetworks: Object.keys(endpoints).length === 0 });
  });
}

/** The container that a network is to lose. By force docker looks for what one that is gone has left there. @throws EngineError `not-found`. */
export async function findToDisconnect({ Container: reference, Force: isForced }: NetworkDisconnectBody, { network, parts, registry }: NetworkChange): Promise<Container> {
  try {
    return registry.find(reference);
  } catch (error) {
    if (!isForced || !isEngineError(error, "not-found")) throw error;
    await parts.networks.inspect(network, {});
    throw new EngineError("not-found", `endpoint ${reference} not found`, { cause: error });
  }
}

/** A container that does not run may name a network that is not there yet, or no more. */
async function networkName({ isRunning }: Container, { network, parts }: NetworkChange): Promise<string> {
  try {
    return (await parts.networks.inspect(network, {})).Name;
  } catch (error) {
    if (isRunning || !isEngineError(error, "not-found")) throw error;
    return network;
  }
}

/** docker's rules for networks that admit no second. */
function requireConnectable(mode: "host" | "none" | "container" | "network", { name, others }: { readonly name: string; readonly others: readonly string[] }): void {
  if (name === "host" && mode !== "host") {
    throw new EngineError("invalid-argument", "cannot connect container to host network - container must be created in host network mode");
  }
  if (mode === "host" || mode === "container") {
    throw new EngineError("invalid-argument", "container sharing network namespace with another container or host cannot be connected to any other network");
  }
  if (others.length > 0 && [name, ...others].includes("none")) {
    throw new EngineError("invalid-argument", "container cannot be connected to multiple networks with one of the networks in private (none) mode");
  }
}

