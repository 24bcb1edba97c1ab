import type { PortReach } from "../../api/types/index.ts";
import { formatIpAddress, parseIpAddress } from "../../base/index.ts";
import type { IpAddress } from "../../base/index.ts";
import type { BoundPort } from "./contract.ts";
import { describeTarget } from "./port-map.ts";
import type { PortTarget } from "./port-map.ts";
import { isLoopbackServer } from "./resolv-conf.ts";

/** What decides who reaches a published port. */
export interface ReachFacts {
  /** Where the firewall sends what arrives there; absent: the container has no address of that family. */
  readonly target?: PortTarget;
  /** The engine's firewall table. */
  readonly table: string;
  /** The kernel has the rule. */
  readonly isInForce: boolean;
  /** The engine holds the port, so that nobody else can have it. */
  readonly isHeld: boolean;
  /** Of the machine, with the name of the link. */
  readonly addresses: readonly { readonly address: IpAddress; readonly link: string }[];
  /** Networks whose containers may talk to the machine's addresses. */
  readonly networks: readonly string[];
  /** Chains of others that drop what they do not know. */
  readonly obstacles: readonly string[];
}

/** Who can reach a published port and through which rule, for people. Pure. */
export function describeReach(port: BoundPort, facts: ReachFacts): PortReach {
  const { target, table, isInForce, isHeld } = facts;
  const element = target === undefined ? undefined : describeTarget(target);
  return {
    IP: port.hostAddress, PrivatePort: port.containerPort, PublicPort: port.hostPort, Type: port.protocol,
    Target: target === undefined ? "" : `${withBrackets(formatIpAddress(target.address))}:${target.containerPort}`,
    Rule: element === undefined ? "" : `table inet ${table}, map ${element.map}, element ${element.text}`,
    IsInForce: isInForce,
    IsHeld: isHeld,
    From: isInForce && target !== undefined ? whoReaches(port, { ...facts, target }) : [],
    Obstacles: isInForce && !isLoopbackServer(port.hostAddress) ? [...facts.obstacles] : [],
  };
}

function whoReaches({ hostAddress, hostPort }: BoundPort, { target, addresses, networks }: ReachFacts & { readonly target: PortTarget }): string[] {
  if (hostPort === 0) return ["this machine", `whoever has a route to ${formatIpAddress(target.address)}`];
  const host = parseIpAddress(hostAddress);
  if (isLoopbackServer(hostAddress)) return [`this machine, on ${hostAddress}`];
  const loopback = host.family === 4 ? "127.0.0.1" : "::1";
  const mine = addresses.filter(({ address }) => address.family === host.family && (host.value === 0n || address.value === host.value));
  const shown = mine.map(({ address, link }) => `${formatIpAddress(address)} (${link})`);
  return [
    host.value === 0n ? `this machine, on ${[loopback, ...shown].join(", ")}` : `this machine, on ${hostAddress}`,
    ...(shown.length === 0 ? [] : [`other machines that reach ${shown.join(", ")}`]),
    ...(networks.length === 0 || shown.length === 0 ? [] : [`containers on ${networks.join(", ")}, through the same addresses`]),
  ];
}

function withBrackets(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
