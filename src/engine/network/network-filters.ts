import type { Filters, Network, NetworkFilter, NetworkPruneFilter } from "../../api/types/index.ts";
import { EngineError, parseDuration } from "../../base/index.ts";
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
    label: (value) => hasLabel(network, value),
    type: (value) => (typeFilter(value) === "builtin") === isBuiltIn,
    dangling: (value) => !isBuiltIn && isTrue(value) !== isUsed,
  };
  return [...filters].every(([name, values]) =>
    name === "label" ? values.every(tests.label) : values.length === 0 || values.some(tests[name]));
}

/** Whether prune takes a network: nobody is on it, and the filters let it. */
export function isPrunable(network: Network, filters: Filters<NetworkPruneFilter>, now: Date): boolean {
  if (isPredefined(network) || Object.keys(network.Containers).length > 0) return false;
  const wanted = filters.get("label") ?? [];
  const spared = filters.get("label!") ?? [];
  const moments = (filters.get("until") ?? []).map((until) => parseUntil(until, now));
  return wanted.every((label) => hasLabel(network, label))
    && !spared.some((label) => hasLabel(network, label))
    && moments.every((moment) => Date.parse(network.Created) <= moment);
}

export function isPredefined({ Name }: Network): boolean {
  return predefinedNetworks.some((name) => name === Name);
}

function hasLabel({ Labels }: Network, wanted: string): boolean {
  const [name = "", ...value] = wanted.split("=");
  const held = Labels?.[name];
  return held !== undefined && (value.length === 0 || held === value.join("="));
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

/** Milliseconds since the epoch, of seconds since it, a date, or how long ago as a duration. */
function parseUntil(text: string, now: Date): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const moment = Date.parse(text);
  if (!Number.isNaN(moment)) return moment;
  return now.getTime() - Number(parseDuration(text) / 1_000_000n);
}
