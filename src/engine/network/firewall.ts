import { isSystemError } from "../../host/libc/index.ts";
import { addElements, decodeChain, deleteElements, getElements, listChains, runNft } from "../../host/nftables/index.ts";
import type { FirewallChain } from "../../host/nftables/index.ts";
import { NetlinkSocket, flowsAnsweredBy, flowsToPort, forgetFlows } from "../../host/netlink/index.ts";
import type { NetlinkRequest } from "../../host/netlink/index.ts";
import { addBridgeRequests, removeBridgeRequests } from "./bridge-sets.ts";
import type { FirewallBridge } from "./bridge-sets.ts";
import { elementOf, mapOf, portMaps, protocolNumbers } from "./port-map.ts";
import type { PortMapName, PortTarget } from "./port-map.ts";
import { removalText, rulesetText } from "./ruleset.ts";

/** The engine's own table. A port more or less is one element of a map, in one transaction. */
export class Firewall implements Disposable {
  readonly table: string;
  readonly #socket = new NetlinkSocket("netfilter");

  constructor(table: string) {
    this.table = table;
  }

  /** Puts the whole table in place of whatever bears its name, at once. */
  async rebuild(bridges: readonly FirewallBridge[], ports: readonly PortTarget[]): Promise<void> {
    await runNft(rulesetText({ table: this.table, bridges, ports }));
  }

  addBridge(bridge: FirewallBridge): void {
    this.#socket.transaction(addBridgeRequests(this.table, bridge));
  }

  removeBridge(bridge: FirewallBridge): void {
    this.#socket.transaction(removeBridgeRequests(this.table, bridge));
  }

  async remove(): Promise<void> {
    await runNft(removalText(this.table));
  }

  /** Ports of one container lead to it from now on, also for those who sent datagrams to the ports before. */
  publish(targets: readonly PortTarget[]): void {
    if (targets.length === 0) return;
    this.#socket.transaction(this.#changes(targets, addElements));
    for (const { protocol, hostPort, address } of targets) {
      if (protocol === "udp") forgetFlows(this.#socket, flowsToPort(address.family, protocolNumbers.udp, hostPort));
    }
  }

  /** The opposite; what still flows to the container's datagram ports is cut. */
  withdraw(targets: readonly PortTarget[]): void {
    if (targets.length === 0) return;
    this.#socket.transaction(this.#changes(targets, deleteElements));
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

  #changes(targets: readonly PortTarget[], change: typeof addElements): NetlinkRequest[] {
    const maps = Object.keys(portMaps) as PortMapName[];
    return maps.flatMap((set) => {
      const elements = targets.filter((target) => mapOf(target) === set).map(elementOf);
      return elements.length === 0 ? [] : [change({ table: this.table, set, elements })];
    });
  }
}
