import type { ContainerFilter, ContainerListOptions, ContainerSummary, Filters } from "../../api/types/index.ts";
import { compareTimestamps, EngineError } from "../../base/index.ts";
import { hasLabel } from "../filter/index.ts";
import type { Container } from "./container.ts";
import { sizesOf } from "./inspect.ts";
import { linkNames } from "./links.ts";
import { mountPoints } from "./mounts.ts";
import type { ContainerParts } from "./parts.ts";
import { networksOf } from "./network-request.ts";
import type { ContainerRegistry } from "./registry.ts";
import { statusOf } from "./state.ts";
import { portsOf, summarize } from "./summary.ts";

export interface Listing {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/** Containers that are wanted, newest first. */
export async function listContainers(options: ContainerListOptions, listing: Listing): Promise<readonly ContainerSummary[]> {
  const { filters, limit, size } = options;
  // A filter of states, or a number of the newest, means containers of every state.
  const everyState = options.all || limit !== undefined || filters.has("status") || filters.has("exited");
  const matches = makeMatcher(filters, listing);
  const wanted = listing.registry.all().filter((container) => (everyState || container.isActive) && matches(container)).slice(0, limit);
  const now = Date.now();
  const names = linkNames(listing.registry);
  const rows: ContainerSummary[] = [];
  for (const container of wanted) {
    const row = summarize(container, listing.parts, now);
    const named = { ...row, Names: [...row.Names, ...names.get(container.id) ?? []] };
    rows.push(size ? { ...named, ...await sizesOf(container, listing.parts) } : named);
  }
  return rows;
}

type Check = (container: Container) => boolean;

function makeMatcher(filters: Filters<ContainerFilter>, listing: Listing): Check {
  const checks = [...filters].map(([name, values]) => makeCheck(name, values, listing));
  return (container) => checks.every((check) => check(container));
}

function makeCheck(name: ContainerFilter, values: readonly string[], { parts, registry }: Listing): Check {
  switch (name) {
    case "id":
      return ({ id }) => values.some((value) => id.startsWith(value));
    case "name":
      return nameCheck(values);
    case "label":
      return ({ record }) => values.every((value) => hasLabel(record.config.Labels, value));
    case "status":
      return (container) => values.includes(statusOf(container.record.state, container));
    case "exited":
      return ({ record: { state } }) => state.status === "exited" && values.some((value) => Number(value) === state.exitCode);
    case "before":
    case "since":
      return ageCheck(name, values, registry);
    case "ancestor":
      return ancestorCheck(values, parts);
    case "volume":
      return ({ record }) => mountPoints(record, parts.volumes).some(({ Name, Source, Destination }) => values.some((value) => value === Name || value === Source || value === Destination));
    case "network":
      return (container) => Object.entries(parts.networks.settings(networksOf(container)).Networks)
        .some(([network, { NetworkID }]) => values.some((value) => value === network || (value !== "" && NetworkID.startsWith(value))));
    case "publish":
    case "expose":
      return portCheck(name, values, parts);
    case "health":
      // Without a health check a container has none.
      return ({ health }) => values.includes(health?.Status ?? "none");
    case "is-task":
      return () => values.every((value) => /^(0|f|false)$/i.test(value));
    case "isolation":
      return () => values.includes("default");
  }
}

/** Regular expressions, as docker takes them; the name has its slash. */
function nameCheck(values: readonly string[]): Check {
  const patterns = values.map((value) => {
    try {
      return new RegExp(value);
    } catch (error) {
      throw new EngineError("invalid-argument", `invalid filter 'name=${value}': it is no regular expression`, { cause: error });
    }
  });
  return ({ record: { name } }) => patterns.some((pattern) => pattern.test(name) || pattern.test(`/${name}`));
}

function ageCheck(name: "before" | "since", values: readonly string[], registry: ContainerRegistry): Check {
  const moments = values.map((value) => registry.find(value).record.created);
  return ({ record: { created } }) => moments.some((moment) => (name === "before" ? compareTimestamps(created, moment) < 0 : compareTimestamps(created, moment) > 0));
}

/** Made from one of the images, or from one that stands on it. */
function ancestorCheck(values: readonly string[], { images, snapshotter }: ContainerParts): Check {
  const ancestors = values.flatMap((value) => {
    try {
      return [images.resolve(value)];
    } catch (error) {
      if (error instanceof EngineError && (error.kind === "not-found" || error.kind === "invalid-argument")) return [];
      throw error;
    }
  });
  return ({ id, record: { imageId } }) => ancestors.some((ancestor) => {
    if (ancestor.id === imageId) return true;
    for (let chain = snapshotter.chainOf(id); chain !== undefined; chain = snapshotter.layer(chain).parent) if (chain === ancestor.chain) return true;
    return false;
  });
}

function portCheck(name: "publish" | "expose", values: readonly string[], parts: ContainerParts): Check {
  const wanted = values.map(parsePortRange);
  return (container) => {
    const ports = name === "publish"
      ? portsOf(container, parts).flatMap(({ PublicPort, Type }) => (PublicPort === undefined ? [] : [{ port: PublicPort, type: Type }]))
      : Object.keys(container.record.config.ExposedPorts ?? {}).map((text) => ({ port: Number.parseInt(text, 10), type: text.split("/")[1] ?? "tcp" }));
    return ports.some(({ port, type }) => wanted.some((range) => range.type === type && port >= range.first && port <= range.last));
  };
}

function parsePortRange(text: string): { readonly first: number; readonly last: number; readonly type: string } {
  const [, first, last = first, type = "tcp"] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  if (first === undefined) throw new EngineError("invalid-argument", `invalid filter: ${JSON.stringify(text)} is no port`);
  return { first: Number(first), last: Number(last), type };
}
