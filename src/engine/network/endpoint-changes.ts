import { EngineError, parseIpAddress } from "../../base/index.ts";
import { isSystemError } from "../../host/libc/index.ts";
import { decodeLink, deleteLink, deleteRoute, getLink } from "../../host/netlink/index.ts";
import type { NetlinkSocket } from "../../host/netlink/index.ts";
import { endpointAddresses } from "./bridge-network.ts";
import type { Endpoint, NetworkFiles, Sandbox, SandboxRequest } from "./contract.ts";
import { freeInterfaceName, planEndpoint, refuseImpossible, wishFor } from "./endpoint-plan.ts";
import { gatewayEndpoint } from "./gateway-endpoint.ts";
import { connectEndpoint, defaultRoutes, everywhere, hostLinkName, openNamespace, pointResolver } from "./namespace-setup.ts";
import type { NamespaceSockets } from "./namespace-setup.ts";
import { targetsOf } from "./port-targets.ts";
import type { SandboxParts } from "./sandbox-parts.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/** Networks that a container joins and leaves while it runs. Like {@link Sandboxes}, each change is synchronous and whole. */
export class EndpointChanges {
  readonly #parts: SandboxParts;

  constructor(parts: SandboxParts) {
    this.#parts = parts;
  }

  /**
   * @param request what the container wants of all its networks, the new one among them
   * @returns the record from now on, and the container's files as they have to be
   */
  connect(record: SandboxRecord, request: SandboxRequest, reference: string): { record: SandboxRecord; files: NetworkFiles } {
    const { registry, socket, files, records } = this.#parts;
    const { sandbox, containerName } = record;
    const network = registry.find(reference);
    const netnsPath = namespaceOf(sandbox);
    if (sandbox.endpoints.some(({ networkId }) => networkId === network.id)) {
      throw new EngineError("forbidden", `endpoint with name ${containerName} already exists in network ${network.name}`);
    }
    const wish = wishFor(network, request);
    refuseImpossible(network, wish);
    using undo = new DisposableStack();
    const addresses = network.allocate(wish);
    undo.defer(() => { network.release(addresses.values()); });
    const endpoint = planEndpoint(network, { addresses, wish, interfaceName: freeInterfaceName(network, sandbox.endpoints) });
    const endpoints = [...sandbox.endpoints, endpoint];
    const usesResolver = record.usesResolver || files.needsResolver(request, endpoints);
    const contents = files.make({ request, endpoints, hostGateway: registry.all()[0]?.gateway(4), usesResolver });
    using inside = openNamespace(netnsPath, usesResolver);
    this.#parts.firewall.admit([endpoint]);
    undo.defer(() => { this.#parts.firewall.expel([endpoint]); });
    undo.defer(() => { this.#unlink(endpoint, inside); });
    connectEndpoint({
      endpoint, bridge: network.link, ...(network.definition.macvlan === undefined ? {} : { macvlan: network.definition.macvlan }), isIsolated: !network.definition.interContainer, outside: socket, inside: inside.route, netnsPath, isDefaultRoute: false,
    });
    const changed = { ...record, usesResolver, sandbox: { ...sandbox, endpoints } };
    this.#reroute(sandbox, changed, inside);
    undo.defer(() => { this.#reroute(changed.sandbox, record, inside); });
    records.write(changed);
    undo.move();
    return { record: changed, files: contents };
  }

  /** @returns the record from now on */
  disconnect(record: SandboxRecord, reference: string): SandboxRecord {
    const { registry, records } = this.#parts;
    const { sandbox, containerName } = record;
    const network = registry.find(reference);
    const endpoint = sandbox.endpoints.find(({ networkId }) => networkId === network.id);
    if (endpoint === undefined) throw new EngineError("internal", `container ${containerName} is not connected to network ${network.name}`);
    const netnsPath = namespaceOf(sandbox);
    const changed = { ...record, sandbox: { ...sandbox, endpoints: sandbox.endpoints.filter((other) => other !== endpoint) } };
    records.write(changed);
    using inside = openNamespace(netnsPath, record.usesResolver);
    this.#reroute(sandbox, changed, inside);
    this.#unlink(endpoint, inside);
    this.#parts.firewall.expel([endpoint]);
    network.release(endpointAddresses(endpoint));
    return changed;
  }

  /** Its link goes; one that is not there, as after a step that failed or by the container's own hand, is no error. */
  #unlink(endpoint: Endpoint, inside: NamespaceSockets): void {
    if (endpoint.driver === undefined) {
      this.#parts.remover.remove([hostLinkName(endpoint)]);
      return;
    }
    try {
      inside.route.request(deleteLink(endpoint.interfaceName));
    } catch (error) {
      if (!isSystemError(error, "ENODEV")) throw error;
    }
  }

  /** The way out, published ports and the name server follow the endpoint that stands for them. */
  #reroute(before: Sandbox, { sandbox: after, usesResolver }: SandboxRecord, inside: NamespaceSockets): void {
    const [old, now] = [before, after].map(({ endpoints }) => gatewayEndpoint(endpoints));
    if (old?.endpointId !== now?.endpointId) {
      this.#parts.firewall.withdraw(targetsOf(before));
      if (old !== undefined) removeDefaultRoutes(inside.route, old);
      if (now !== undefined) inside.route.request(...defaultRoutes(now, linkIndexOf(inside.route, now)));
      this.#parts.firewall.publish(targetsOf(after));
    }
    const server = usesResolver && after.endpoints.length > 0 ? this.#parts.names.serverFor(after) : undefined;
    if (server !== undefined) pointResolver(inside, server);
  }
}

function namespaceOf({ netnsPath }: Sandbox): string {
  if (netnsPath === undefined) {
    throw new EngineError("forbidden", "container sharing network namespace with another container or host cannot be connected to any other network");
  }
  return netnsPath;
}

function linkIndexOf(inside: NetlinkSocket, { interfaceName }: Endpoint): number {
  const [message] = inside.request(getLink(interfaceName));
  if (message === undefined) throw new EngineError("internal", `${interfaceName} is not in the container's network`);
  return decodeLink(message).index;
}

function removeDefaultRoutes(inside: NetlinkSocket, { ipv4, ipv6 }: Endpoint): void {
  for (const address of [ipv4, ipv6]) {
    if (address?.gateway === undefined) continue;
    const gateway = parseIpAddress(address.gateway);
    try {
      inside.request(deleteRoute({ destination: everywhere[gateway.family], gateway }));
    } catch (error) {
      // A privileged container may have changed its own routes.
      if (!isSystemError(error, "ESRCH")) throw error;
    }
  }
}
