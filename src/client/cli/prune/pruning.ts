import type { EngineClient } from "../../sdk/index.ts";

type Filters<Name extends string> = ReadonlyMap<Name, readonly string[]>;

/** What a prune did. */
export interface Pruned {
  /** The list of what is gone; empty when nothing is. */
  readonly output: string;
  /** Bytes. */
  readonly reclaimed: number;
}

/** @throws EngineError with the engine's words, also for filters that it does not know */
export async function pruneContainers(engine: EngineClient, filters: Filters<"label" | "label!" | "until">): Promise<Pruned> {
  const { ContainersDeleted: ids, SpaceReclaimed: reclaimed } = await engine.call("containerPrune", { query: { filters } });
  return listed("Deleted Containers", ids, reclaimed);
}

export async function pruneNetworks(engine: EngineClient, filters: Filters<"label" | "label!" | "until">): Promise<Pruned> {
  const { NetworksDeleted: names } = await engine.call("networkPrune", { query: { filters } });
  return listed("Deleted Networks", names, 0);
}

export async function pruneVolumes(engine: EngineClient, filters: Filters<"all" | "label" | "label!">): Promise<Pruned> {
  const { VolumesDeleted: names, SpaceReclaimed: reclaimed } = await engine.call("volumePrune", { query: { filters } });
  return listed("Deleted Volumes", names, reclaimed);
}

export async function pruneImages(engine: EngineClient, filters: Filters<"dangling" | "label" | "label!" | "until">): Promise<Pruned> {
  const { ImagesDeleted: items, SpaceReclaimed: reclaimed } = await engine.call("imagePrune", { query: { filters } });
  return listed("Deleted Images", items?.map((item) => ("Untagged" in item ? `untagged: ${item.Untagged}` : `deleted: ${item.Deleted}`)), reclaimed);
}

export async function pruneBuildCache(engine: EngineClient, { all, filters }: { readonly all: boolean; readonly filters: Filters<string> }): Promise<Pruned> {
  const written = JSON.stringify(Object.fromEntries([...filters].map(([name, values]) => [name, Object.fromEntries(values.map((value) => [value, true]))])));
  const { CachesDeleted: ids, SpaceReclaimed: reclaimed } = await engine.call("buildPrune", { query: { all, ...(filters.size === 0 ? {} : { filters: written }) } });
  return listed("Deleted build cache objects", ids, reclaimed);
}

function listed(heading: string, items: readonly string[] | null | undefined, reclaimed: number): Pruned {
  if (items === null || items === undefined || items.length === 0) return { output: "", reclaimed: 0 };
  return { output: `${heading}:\n${items.map((item) => `${item}\n`).join("")}\n`, reclaimed };
}
