import type { Filters, Network, NetworkFilter, NetworkPruneFilter } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { hasLabel, pruneFilter } from "../filter/index.ts";
import { predefinedNetworks } from "./predefined.ts";

/** Whether a network is among those that were asked for: any value of a filter will do, but every label. */
export function passesFilters(network: Network, filters: Filters<NetworkFilter>): boolean {
  const isBuiltIn = isPredefined(network);
  const isUsed = Object.keys(network.Containers).length > 0;
  const tests: Readonly<Record<NetworkFilter, (value: string) => boolean>> = {
    name: (value) => network.Name.includes(value),
    id: (value) => network.Id.startsWith(value),
    driver: (value) => network.Driver === value,
    scope: (value) => network.Scope === value,
    label: (value) => hasLabel(network.Labels, value),
    type: (value) => (typeFilter(value) === "builtin") === isBuiltIn,
    dangling: (value) => !isBuiltIn && isTrue(value) !== isUsed,
  };
  return [...filters].every(([name, values]) =>
    name === "label" ? values.every(tests.label) : values.length === 0 || values.some(tests[name]));
}

/** Whether prune takes a network: nobody is on it, and the filters let it. */
export function isPrunable(network: Network, filters: Filters<NetworkPruneFilter>, now: Date): boolean {
  const passes = pruneFilter(filters, now.getTime());
  return !isPredefined(network) && Object.keys(network.Containers).length === 0 && passes({ labels: network.Labels, created: Date.parse(network.Created) });
}

export function isPredefined({ Name }: Network): boolean {
  return predefinedNetworks.some((name) => name === Name);
}

function typeFilter(value: string): string {
  if (value === "builtin" || value === "custom") return value;
  throw new EngineError("invalid-argument", `invalid filter: 'type'='${value}'`);
}

function isTrue(value: string): boolean {
  if (["1", "true", "True", "TRUE", "t", "T"].includes(value)) return true;
  if (["0", "false", "False", "FALSE", "f", "F"].includes(value)) return false;
  throw new EngineError("invalid-argument", `invalid filter 'dangling=[${value}]'`);
}
