import { EngineError, isEngineError } from "../../base/index.ts";
import type { NetlinkSocket } from "../../host/netlink/index.ts";
import { BridgeNetwork } from "./bridge-network.ts";
import { ensureBridge, findParent } from "./bridge-link.ts";
import type { Firewall } from "./firewall.ts";
import { readHostNetworks } from "./host-networks.ts";
import type { HostNetworks } from "./host-networks.ts";
import type { LinkRemover } from "./link-remover.ts";
import type { NetworkDefinition } from "./network-definition.ts";

/** Where definitions are kept across restarts. */
export interface DefinitionTable {
  put(id: string, definition: NetworkDefinition): void;
  delete(id: string): void;
  all(): Iterable<NetworkDefinition>;
}

export interface RegistryParts {
  readonly socket: NetlinkSocket;
  readonly firewall: Firewall;
  readonly remover: LinkRemover;
  readonly definitions: DefinitionTable;
}

/** The networks on bridges that there are, the default one first. */
export class NetworkRegistry {
  readonly #parts: RegistryParts;
  readonly #networks = new Map<string, BridgeNetwork>();

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /**
   * Brings the bridges of all networks into being; the firewall is rebuilt by the caller.
   * @param makeDefault the default network, given what the machine has
   * @returns what could not be brought back
   */
  open(makeDefault: (host: HostNetworks) => NetworkDefinition): string[] {
    const host = readHostNetworks(this.#parts.socket);
    this.#open(makeDefault(host), host);
    const warnings: string[] = [];
    for (const definition of this.#parts.definitions.all()) {
      try {
        this.#open(definition, host);
      } catch (error) {
        if (!isEngineError(error)) throw error;
        warnings.push(`the network ${definition.name} is not there: ${error.message}`);
      }
    }
    return warnings;
  }

  /** The record comes first: an engine that is killed in between finds every bridge that is its own. */
  create(definition: NetworkDefinition): BridgeNetwork {
    const { definitions, socket, firewall } = this.#parts;
    using undo = new DisposableStack();
    definitions.put(definition.id, definition);
    undo.defer(() => { definitions.delete(definition.id); });
    undo.defer(() => { this.#deleteLink(definition); });
    const network = this.#open(definition, readHostNetworks(socket));
    undo.defer(() => { this.#networks.delete(definition.id); });
    if (network.driver === "bridge") firewall.addBridge(definition);
    undo.move();
    return network;
  }

  /**
   * Gives up the networks whose links this start made, as if it had not been; their definitions stay for the next one.
   * @returns how many
   */
  takeBack(): number {
    const made = this.all().filter(({ link }) => link.isNew);
    for (const { id, definition } of made) {
      this.#networks.delete(id);
      this.#deleteLink(definition);
    }
    return made.length;
  }

  async remove(network: BridgeNetwork): Promise<void> {
    const { definition } = network;
    if (network.driver === "bridge") this.#parts.firewall.removeBridge(definition);
    this.#networks.delete(network.id);
    this.#deleteLink(definition);
    await this.#parts.remover.settled();
    // Last, so that a bridge never has no network it belongs to.
    this.#parts.definitions.delete(network.id);
  }

  all(): BridgeNetwork[] {
    return [...this.#networks.values()];
  }

  /** @throws EngineError `not-found`. */
  byId(id: string): BridgeNetwork {
    const network = this.#networks.get(id);
    if (network === undefined) throw new EngineError("not-found", `network ${id} not found`);
    return network;
  }

  /** By name, id or the beginning of an id. @throws EngineError `not-found`, `invalid-argument` when several begin so. */
  find(reference: string): BridgeNetwork {
    const networks = this.all();
    const exact = networks.find(({ id, name }) => id === reference || name === reference);
    if (exact !== undefined) return exact;
    const [found, other] = reference === "" ? [] : networks.filter(({ id }) => id.startsWith(reference));
    if (found === undefined) throw new EngineError("not-found", `network ${reference} not found`);
    if (other !== undefined) throw new EngineError("invalid-argument", `network ${reference} is ambiguous (2 matches found based on ID prefix)`);
    return found;
  }

  #open(definition: NetworkDefinition, host: HostNetworks): BridgeNetwork {
    const link = definition.macvlan === undefined ? ensureBridge(this.#parts.socket, definition, host) : findParent(definition, host);
    const network = new BridgeNetwork(definition, link);
    this.#networks.set(network.id, network);
    return network;
  }

  /** A link of the machine's own stays. */
  #deleteLink({ bridge, macvlan }: NetworkDefinition): void {
    if (macvlan === undefined) this.#parts.remover.remove([bridge]);
  }
}
