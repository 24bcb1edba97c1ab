import { isSystemError } from "../../host/libc/index.ts";
import { addElements, countElements, countRules, decodeChain, deleteElements, getElements, listChains, runNft, runNftNow } from "../../host/nftables/index.ts";
import type { FirewallChain } from "../../host/nftables/index.ts";
import { NetlinkSocket, flowsAnsweredBy, flowsToPort, forgetFlows } from "../../host/netlink/index.ts";
import type { NetlinkRequest } from "../../host/netlink/index.ts";
import { addBridgeRequests, removeBridgeRequests } from "./bridge-sets.ts";
import type { FirewallBridge } from "./bridge-sets.ts";
import type { Endpoint } from "./contract.ts";
import { disownRequests, endpointOwnerships, gatewayOwnerships, ownRequests } from "./endpoint-guard.ts";
import { elementOf, mapOf, portMaps, protocolNumbers } from "./port-map.ts";
import type { PortMapName, PortTarget } from "./port-map.ts";
import { removalText, rulesetText, tablesOf } from "./ruleset.ts";
import type { FirewallState } from "./ruleset.ts";

/** What the tables have to hold: everything that there is. */
export type FirewallContents = Omit<FirewallState, "table">;

/**
 * The engine's own tables, one of each family. A port or a container more or less is a few elements, in one transaction.
 * Where somebody else took the tables away, as `nft flush ruleset` does, they are put back as a whole first.
 */
export class Firewall implements Disposable {
  readonly table: string;
  readonly #contents: () => FirewallContents;
  readonly #socket = new NetlinkSocket("netfilter");

  /** @param contents asked anew whenever all of it is put in place */
  constructor(table: string, contents: () => FirewallContents) {
    this.table = table;
    this.#contents = contents;
  }

  /** Puts the tables, with all that belongs in them, in place of whatever bears their name, at once. */
  async rebuild(): Promise<void> {
    await runNft(this.#text());
  }

  /** The same while containers come and go, for whom it has to be done in one go. */
  restore(): void {
    runNftNow(this.#text());
  }

  /** Whether the kernel has as many rules and elements as belong in the tables. */
  isWhole(): boolean {
    const { table } = this;
    try {
      return tablesOf({ table, ...this.#contents() }).every(({ family, sets, chains }) =>
        countRules(this.#socket, { family, table }) === chains.flatMap(({ rules }) => rules).length
        && sets.every(({ name, elements }) => countElements(this.#socket, { family, table, set: name }) === elements.length));
    } catch (error) {
      // No such table, or no such set.
      if (!isSystemError(error, "ENOENT")) throw error;
      return false;
    }
  }

  addBridge(bridge: FirewallBridge): void {
    this.#add([...addBridgeRequests(this.table, bridge), ...ownRequests(this.table, gatewayOwnerships(bridge))]);
  }

  removeBridge(bridge: FirewallBridge): void {
    this.#take([...removeBridgeRequests(this.table, bridge), ...disownRequests(this.table, gatewayOwnerships(bridge))]);
  }

  /** From now on these endpoints' addresses are theirs alone. To be called before they speak. */
  admit(endpoints: readonly Endpoint[]): void {
    if (endpoints.length > 0) this.#add(ownRequests(this.table, endpoints.flatMap(endpointOwnerships)));
  }

  /** The opposite, before the addresses are given to others. */
  expel(endpoints: readonly Endpoint[]): void {
    if (endpoints.length > 0) this.#take(disownRequests(this.table, endpoints.flatMap(endpointOwnerships)));
  }

  async remove(): Promise<void> {
    await runNft(removalText(this.table));
  }

  /** Ports of one container lead to it from now on, also for those who sent datagrams to the ports before. */
  publish(targets: readonly PortTarget[]): void {
    if (targets.length === 0) return;
    this.#add(this.#changes(targets, addElements));
    for (const { protocol, hostPort, address } of targets) {
      if (protocol === "udp") forgetFlows(this.#socket, flowsToPort(address.family, protocolNumbers.udp, hostPort));
    }
  }

  /** The opposite; what still flows to the container's datagram ports is cut. */
  withdraw(targets: readonly PortTarget[]): void {
    if (targets.length === 0) return;
    this.#take(this.#changes(targets, deleteElements));
    const answering = targets.filter(({ protocol }) => protocol === "udp").map(({ address }) => address);
    for (const address of new Map(answering.map((address) => [address.value, address])).values()) {
      forgetFlows(this.#socket, flowsAnsweredBy(address));
    }
  }

  /** Whether the kernel sends what arrives at a port where it should. */
  leads(target: PortTarget): boolean {
    try {
      this.#socket.request(getElements({ table: this.table, set: mapOf(target), elements: [elementOf(target)] }));
      return true;
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
      return false;
    }
  }

  /** Chains of others through which a forwarded packet has to pass and that drop what they do not know. */
  foreignObstacles(): FirewallChain[] {
    return this.#socket.list(listChains()).map(decodeChain)
      .filter(({ hook, dropsByDefault, table }) => hook === "forward" && dropsByDefault && table !== this.table);
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** What is to be there is not among the contents yet, so it is added after them. */
  #add(requests: readonly NetlinkRequest[]): void {
    try {
      this.#socket.transaction(requests);
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
      this.restore();
      this.#socket.transaction(requests);
    }
  }

  /** What is to go may be among the contents still, or no more: then it is not there after they are put back. */
  #take(requests: readonly NetlinkRequest[]): void {
    try {
      this.#socket.transaction(requests);
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
      this.restore();
      this.#takeEach(requests);
    }
  }

  #takeEach(requests: readonly NetlinkRequest[]): void {
    for (const request of requests) {
      try {
        this.#socket.transaction([request]);
      } catch (error) {
        if (!isSystemError(error, "ENOENT")) throw error;
      }
    }
  }

  #text(): string {
    return rulesetText({ table: this.table, ...this.#contents() });
  }

  #changes(targets: readonly PortTarget[], change: typeof addElements): NetlinkRequest[] {
    const maps = Object.keys(portMaps) as PortMapName[];
    return maps.flatMap((set) => {
      const elements = targets.filter((target) => mapOf(target) === set).map(elementOf);
      return elements.length === 0 ? [] : [change({ table: this.table, set, elements })];
    });
  }
}
