import { rmSync } from "node:fs";
import { join } from "node:path";
import { isEngineError } from "../../base/index.ts";
import type { NetlinkSocket } from "../../host/netlink/index.ts";
import { isNetworkNamespace, removeNetworkNamespace } from "../../host/netns/index.ts";
import type { BridgeNetwork } from "./bridge-network.ts";
import type { RecoveryReport } from "./contract.ts";
import type { Firewall } from "./firewall.ts";
import { linksOf } from "./host-networks.ts";
import type { LinkRemover } from "./link-remover.ts";
import { hostLinkName } from "./namespace-setup.ts";
import type { PortLedger } from "./port-ledger.ts";
import type { SandboxRecords } from "./sandbox-record.ts";
import type { Sandboxes } from "./sandboxes.ts";

export interface Recovery {
  readonly living: readonly string[];
  readonly folder: string;
  readonly records: SandboxRecords;
  readonly socket: NetlinkSocket;
  readonly remover: LinkRemover;
  readonly firewall: Firewall;
  readonly ports: PortLedger;
  readonly networks: readonly BridgeNetwork[];
  /** Gets what lives on. */
  readonly sandboxes: Sandboxes;
}

/** Makes kernel and records agree after a start: what lives is known again, all else that bears the engine's names is gone. */
export async function recoverNetworks(recovery: Recovery): Promise<RecoveryReport> {
  const removed: string[] = [];
  const warnings: string[] = [];
  removed.push(...removeDead(recovery, warnings));
  adoptLiving(recovery, warnings);
  removed.push(...removeLinks(recovery));
  for (const { containerName, sandbox } of recovery.sandboxes.all()) {
    for (const { hostAddress, hostPort, protocol } of recovery.ports.rebind(sandbox.containerId, sandbox.ports)) {
      warnings.push(`port ${hostPort}/${protocol} of ${hostAddress}, published by ${containerName}, was taken by another program while the engine was away`);
    }
  }
  await recovery.firewall.rebuild();
  warnings.push(...describeObstacles(recovery));
  await recovery.remover.settled();
  return { removed, warnings };
}

/** Namespaces and records of containers that are gone. */
function removeDead({ living, folder, records }: Recovery, warnings: string[]): string[] {
  const alive = new Set(living);
  const found = records.list();
  for (const name of found.rest) rmSync(join(folder, name), { force: true });
  const removed: string[] = [];
  for (const id of new Set([...found.namespaces, ...found.records])) {
    if (alive.has(id) && found.records.has(id)) continue;
    if (alive.has(id)) warnings.push(`the network of container ${id} has no record and is given up`);
    if (found.namespaces.has(id)) {
      removeNetworkNamespace(join(folder, id));
      removed.push(`network namespace of ${id}`);
    }
    records.remove(id);
  }
  return removed;
}

function adoptLiving({ living, records, networks, sandboxes }: Recovery, warnings: string[]): void {
  const recorded = records.list().records;
  for (const id of living) {
    if (!recorded.has(id)) continue;
    try {
      const record = records.read(id);
      const { netnsPath, endpoints } = record.sandbox;
      if (netnsPath !== undefined && !isNetworkNamespace(netnsPath)) {
        warnings.push(`the network namespace of ${record.containerName} is gone from ${netnsPath}`);
      }
      for (const endpoint of endpoints) networks.find(({ id: network }) => network === endpoint.networkId)?.adopt(endpoint);
      sandboxes.adopt(record);
    } catch (error) {
      if (!isEngineError(error, "data-corrupt") && !isEngineError(error, "conflict")) throw error;
      warnings.push(error.message);
    }
  }
}

/** Ports of the engine's bridges that belong to no living container. */
export function strayLinks({ socket, networks, sandboxes }: Pick<Recovery, "socket" | "networks" | "sandboxes">): string[] {
  const kept = new Set(sandboxes.all().flatMap(({ sandbox }) => sandbox.endpoints.map(hostLinkName)));
  const bridges = new Set(networks.filter(({ driver }) => driver === "bridge").map(({ link }) => link.index));
  return linksOf(socket).filter(({ master, name }) => master !== undefined && bridges.has(master) && !kept.has(name)).map(({ name }) => name);
}

function removeLinks(recovery: Recovery): string[] {
  const dead = strayLinks(recovery);
  recovery.remover.remove(dead);
  return dead.map((name) => `link ${name}`);
}

function describeObstacles({ firewall, networks }: Recovery): string[] {
  const bridges = networks.filter(({ driver }) => driver === "bridge").map(({ link }) => link.name).join(", ");
  return firewall.foreignObstacles().map(({ family, table, name }) =>
    `the chain ${name} of the firewall table ${family} ${table} drops what it does not know: containers on ${bridges} reach `
    + "other machines, and are reached by them, only if it lets their bridge pass (docs/flows/publish-a-port.md)");
}
