import type { Filters, ImageDeleteItem, ImagePruneFilter, ImagePruneReply } from "../../api/types/index.ts";
import { parseImageReference } from "../../base/index.ts";
import { pruneFilter } from "../filter/index.ts";
import type { Snapshotter } from "../store/index.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";
import { removeImage, type RemoveParts } from "./remove.ts";

/**
 * Removes the images that no container stands on: those without a tag, or with `dangling=false` all.
 * What was won is told in bytes of unpacked layers, as sizes of images are.
 */
export async function pruneImages(filters: Filters<ImagePruneFilter>, parts: RemoveParts & { readonly snapshotter: Snapshotter }): Promise<ImagePruneReply> {
  const { catalog, snapshotter, surroundings } = parts;
  const byLabelAndAge = pruneFilter(new Map((["label", "label!", "until"] as const).map((name) => [name, filters.get(name) ?? []])), Date.now());
  const isOnlyDangling = filters.get("dangling")?.every((value) => /^(?:1|t|true)$/i.test(value)) ?? true;
  const unused = catalog.all()
    .filter((entry) => (!isOnlyDangling || isDangling(entry, catalog)) && surroundings.usersOf(entry.id).length === 0)
    .filter(({ config, created }) => byLabelAndAge({ labels: config.Labels, created }))
    .sort((a, b) => b.created - a.created);
  const sizes = new Map<string, number>(snapshotter.layers().map((chain) => [chain, snapshotter.layer(chain).size]));
  const deleted: ImageDeleteItem[] = [];
  for (const { id } of unused) {
    // Not one of which a container was made since, or that somebody removed. By force, since it may have names in several repositories.
    if (catalog.get(id) !== undefined && surroundings.usersOf(id).length === 0) deleted.push(...await removeImage(id, true, parts));
  }
  const reclaimed = deleted.reduce((sum, item) => sum + ("Deleted" in item ? sizes.get(item.Deleted) ?? 0 : 0), 0);
  surroundings.emit("prune", "", { reclaimed: String(reclaimed) });
  return { ImagesDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed };
}

function isDangling({ id }: CatalogEntry, catalog: ImageCatalog): boolean {
  return catalog.namesOf(id).map(parseImageReference).every(({ tag }) => tag === undefined);
}
