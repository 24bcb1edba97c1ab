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
    const found = [...free].find((port) => fits(port, wish));
    if (found === undefined) {
      added.push(wish);
      continue;
    }
    // A wish without an address is one port on every address of each family.
    for (const port of [...free].filter((other) => other.hostPort === found.hostPort && fits(other, wish))) {
      free.delete(port);
      kept.push(port);
    }
  }
  return { kept, dropped: [...free], added };
}

function fits(port: BoundPort, { containerPort, protocol, hostAddress, hostPorts }: PublishedPort): boolean {
  if (port.containerPort !== containerPort || port.protocol !== protocol) return false;
  if (hostPorts !== undefined && (port.hostPort < hostPorts.first || port.hostPort > hostPorts.last)) return false;
  return hostAddress === undefined ? parseIpAddress(port.hostAddress).value === 0n : formatIpAddress(parseIpAddress(hostAddress)) === port.hostAddress;
}
