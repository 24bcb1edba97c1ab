import type { ContainerPruneFilter, ContainerPruneReply, Filters } from "../../api/types/index.ts";
import { isEngineError, millisecondsOf } from "../../base/index.ts";
import { pruneFilter } from "../filter/index.ts";
import type { Container } from "./container.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";

export interface Pruning {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  readonly lifecycle: Lifecycle;
}

/** Removes the containers that do not run and that the filters let go; their volumes stay. */
export async function pruneContainers(filters: Filters<ContainerPruneFilter>, { parts, registry, lifecycle }: Pruning): Promise<ContainerPruneReply> {
  const passes = pruneFilter(filters, Date.now());
  const unused = registry.all().filter((container) => !container.isActive && !container.isRemoving && passes(prunable(container)));
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const container of unused) {
    const size = await parts.snapshotter.usage(container.id).catch((error: unknown) => {
      // Somebody else removes it just now.
      if (container.isRemoving || container.isRemoved) return 0;
      throw error;
    });
    if (!await remove(container, { parts, lifecycle })) continue;
    deleted.push(container.id);
    reclaimed += size;
  }
  parts.events.emit({ type: "container", action: "prune", id: "", attributes: { reclaimed: String(reclaimed) } });
  return { ContainersDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed };
}

function prunable({ record: { config, created } }: Container): { labels: Container["record"]["config"]["Labels"]; created: number } {
  return { labels: config.Labels, created: millisecondsOf(created) };
}

/** @returns false when it was started or removed meanwhile, or cannot be removed, which the log tells; the others go all the same */
async function remove(container: Container, { parts, lifecycle }: Pick<Pruning, "parts" | "lifecycle">): Promise<boolean> {
  if (container.isRemoving || container.isRemoved) return false;
  try {
    return await lifecycle.remove(container, { volumes: false });
  } catch (error) {
    if (!isEngineError(error)) throw error;
    parts.log.warn(`cannot prune container ${container.record.name}: ${error.message}`);
    return false;
  }
}
