import { bridgeMemberships, bridgeSets, describeMembership, loopbackReplyMark, loopbackReplyName } from "./bridge-sets.ts";
import type { FirewallBridge } from "./bridge-sets.ts";
import type { Endpoint } from "./contract.ts";
import { describeOwnership, endpointOwnerships, gatewayOwnerships, guardRules, guardSets } from "./endpoint-guard.ts";
import type { PortTarget } from "./port-map.ts";
import { describeTarget, portMaps } from "./port-map.ts";

export interface FirewallState {
  readonly table: string;
  readonly bridges: readonly FirewallBridge[];
  readonly ports: readonly PortTarget[];
  /** Of all containers that run. */
  readonly endpoints: readonly Endpoint[];
}

/** Families in which an engine has a table. */
export const tableFamilies = ["inet", "netdev", "bridge"] as const;

const markText = `0x${loopbackReplyMark.toString(16)}`;

export interface TableContents {
  readonly family: (typeof tableFamilies)[number];
  readonly sets: readonly SetContents[];
  readonly chains: readonly ChainContents[];
}

interface SetContents {
  readonly kind: "set" | "map";
  readonly name: string;
  /** With its flags. */
  readonly type: string;
  readonly elements: readonly string[];
}

interface ChainContents {
  readonly name: string;
  /** Empty for a chain that others jump to. */
  readonly hook: string;
  readonly rules: readonly string[];
}

/** All that an engine's tables hold, one for each family. docs/flows/publish-a-port.md tells how a packet passes through it. */
export function tablesOf(state: FirewallState): TableContents[] {
  return [
    { family: "inet", sets: inetSets(state), chains: inetChains },
    { family: "netdev", sets: [], chains: state.bridges.map(loopbackReplyChain) },
    { family: "bridge", sets: guardSetsOf(state), chains: [{ name: "speaking", hook: "type filter hook prerouting priority -300; policy accept;", rules: guardRules }] },
  ];
}

/**
 * The whole as text for nft, to be run as one transaction: the old tables go, the new ones come, and what was connected
 * stays connected, since established flows live in the kernel's own table.
 */
export function rulesetText(state: FirewallState): string {
  const tables = tablesOf(state);
  return [
    ...tableFamilies.map((family) => removeTableText(family, state.table)),
    ...tables.flatMap(({ family, sets, chains }) => [
      `table ${family} ${state.table} {`, ...indent([...sets.flatMap(setText), ...chains.flatMap(chainText)]), "}",
    ]),
    "",
  ].join("\n");
}

/** Removes the tables of an engine, also where there are none. */
export function removalText(table: string): string {
  return `${tableFamilies.map((family) => removeTableText(family, table)).join("\n")}\n`;
}

/** Creating first makes the removal of a table that is not there no error. */
function removeTableText(family: string, table: string): string {
  return `table ${family} ${table}\ndelete table ${family} ${table}`;
}

function inetSets({ bridges, ports }: FirewallState): SetContents[] {
  const elements = bridges.flatMap(bridgeMemberships);
  const targets = ports.map(describeTarget);
  return [
    ...Object.entries(bridgeSets).map(([name, type]): SetContents =>
      ({ kind: "set", name, type, elements: elements.filter(({ set }) => set === name).map(describeMembership) })),
    ...Object.entries(portMaps).map(([name, type]): SetContents =>
      ({ kind: type.includes(" : ") ? "map" : "set", name, type, elements: targets.filter(({ map }) => map === name).map(({ text }) => text) })),
  ];
}

function guardSetsOf({ bridges, endpoints }: FirewallState): SetContents[] {
  const owned = [...bridges.flatMap(gatewayOwnerships), ...endpoints.flatMap(endpointOwnerships)];
  return Object.entries(guardSets).map(([name, type]): SetContents =>
    ({ kind: "set", name, type, elements: [...new Set(owned.filter(({ set }) => set === name).map(describeOwnership))] }));
}

function setText({ kind, name, type, elements }: SetContents): string[] {
  return [
    `${kind} ${name} {`,
    ...indent([...type.split("; "), ...(elements.length === 0 ? [] : [`elements = { ${elements.join(", ")} }`])]),
    "}",
  ];
}

function chainText({ name, hook, rules }: ChainContents): string[] {
  return [`chain ${name} {`, ...indent([...(hook === "" ? [] : [hook]), ...rules]), "}"];
}

const inetChains: readonly ChainContents[] = [
  // Only this machine may talk to its loopback; route_localnet on the bridge would let containers do so.
  chain("guard", "type filter hook prerouting priority raw; policy accept;", [
    "iifname @bridges ip daddr 127.0.0.0/8 drop",
    "iifname @bridges ip6 daddr ::1 drop",
  ]),
  chain("publish", "", [
    "dnat ip to meta l4proto . ip daddr . th dport map @ports4",
    "dnat ip to meta l4proto . th dport map @ports4_any",
    "dnat ip6 to meta l4proto . ip6 daddr . th dport map @ports6",
    "dnat ip6 to meta l4proto . th dport map @ports6_any",
  ]),
  chain("arriving", "type nat hook prerouting priority dstnat; policy accept;", ["fib daddr type local jump publish"]),
  chain("leaving_host", "type nat hook output priority -100; policy accept;", ["fib daddr type local jump publish"]),
  chain("loopback_reply", "type filter hook prerouting priority -90; policy accept;", [
    `iifname @bridges ip6 daddr ::1 ct direction reply meta mark set ${markText}`,
  ]),
  chain("forward", "type filter hook forward priority filter; policy accept;", [
    "iifname != @bridges oifname != @bridges accept",
    "iifname . oifname @same_bridge accept",
    "iifname @internal drop",
    "oifname @internal drop",
    "ct state established,related accept",
    "ct status dnat accept",
    "ip daddr . meta l4proto . th dport @routed4 accept",
    "ip6 daddr . meta l4proto . th dport @routed6 accept",
    "ip daddr @routed_subnets4 icmp type echo-request accept",
    "ip6 daddr @routed_subnets6 icmpv6 type echo-request accept",
    "ip daddr @unprotected4 accept",
    "ip6 daddr @unprotected6 accept",
    "oifname @bridges drop",
  ]),
  // Of the machine an internal network sees its own bridge's address and nothing else.
  chain("reaching_host", "type filter hook input priority filter; policy accept;", [
    "iifname @internal fib daddr type local fib daddr . iif type != local drop",
  ]),
  chain("leaving", "type nat hook postrouting priority srcnat; policy accept;", [
    "oifname @bridges ip saddr 127.0.0.0/8 masquerade",
    "oifname @bridges ip6 saddr ::1 masquerade",
    // A neighbour that was reached through the host has to answer through the host.
    "ct status dnat ip saddr @subnets4 ip daddr @subnets4 masquerade",
    "ct status dnat ip6 saddr @subnets6 ip6 daddr @subnets6 masquerade",
    "oifname != @bridges ip saddr @masquerade4 masquerade",
    "oifname != @bridges ip6 saddr @masquerade6 masquerade",
  ]),
];

function chain(name: string, hook: string, rules: readonly string[]): ChainContents {
  return { name, hook, rules };
}

/**
 * Where br_netfilter is active, a reply is given back its address ::1 on the bridge, before the machine's own stack
 * sees it, and that stack refuses ::1 on any link but lo. So it is handed to lo.
 */
function loopbackReplyChain(bridge: FirewallBridge): ChainContents {
  return chain(loopbackReplyName(bridge), `type filter hook ingress device ${JSON.stringify(bridge.bridge)} priority 0; policy accept;`, [
    `ip6 daddr ::1 meta mark ${markText} ether daddr set 00:00:00:00:00:00 fwd to "lo"`,
  ]);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
