import { formatIpAddress, parseIpAddress } from "../../base/index.ts";
import type { PublishedPort } from "../../base/index.ts";
import type { BoundPort } from "./contract.ts";

/** What of a container's published ports stays, goes and comes. */
export interface PublishingPlan {
  readonly kept: readonly BoundPort[];
  readonly dropped: readonly BoundPort[];
  readonly added: readonly PublishedPort[];
}

/**
 * From the ports that are bound to those that are wished for; a port that fits a wish stays as it is, with its number
 * where that was chosen at random. Pure.
 */
export function planPublishing(bound: readonly BoundPort[], wishes: readonly PublishedPort[]): PublishingPlan {
  const free = new Set(bound);
  const kept: BoundPort[] = [];
  const added: PublishedPort[] = [];
  for (const wish of wishes) {
    const fitting = [...free].filter((port) => fits(port, wish));
    const found = fitting.find(({ hostPort }) => hostPort !== 0) ?? fitting[0];
    if (found === undefined) {
      added.push(wish);
      continue;
    }
    // A wish without an address is one port on every address of each family.
    for (const port of fitting.filter(({ hostPort }) => hostPort === found.hostPort || hostPort === 0)) {
      free.delete(port);
      kept.push(port);
    }
  }
  return { kept, dropped: [...free], added };
}

function fits(port: BoundPort, { containerPort, protocol, hostAddress, hostPorts }: PublishedPort): boolean {
  if (port.containerPort !== containerPort || port.protocol !== protocol) return false;
  // It has no port of the machine that could be another than the one wished for.
  if (port.hostPort === 0) return hostAddress === undefined || parseIpAddress(hostAddress).family === parseIpAddress(port.hostAddress).family;
  if (hostPorts !== undefined && (port.hostPort < hostPorts.first || port.hostPort > hostPorts.last)) return false;
  return hostAddress === undefined ? parseIpAddress(port.hostAddress).value === 0n : formatIpAddress(parseIpAddress(hostAddress)) === port.hostAddress;
}
