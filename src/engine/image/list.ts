import type { ImageListOptions, ImageSummary } from "../../api/types/index.ts";
import { familiarReference, parseImageReference, type Digest } from "../../base/index.ts";
import { hasLabel, parseMoment } from "../filter/index.ts";
import type { Snapshotter } from "../store/index.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";
import { manifestSummary } from "./manifest-summary.ts";
import { referencePattern } from "./reference-pattern.ts";

interface ListParts {
  readonly catalog: ImageCatalog;
  readonly snapshotter: Snapshotter;
}

/** The rows of `docker images`, newest first; an image that filters leave no name of is left out. */
export function listImages(options: ImageListOptions, { catalog, snapshotter }: ListParts): ImageSummary[] {
  const { filters } = options;
  const patterns = filters.get("reference")?.map(referencePattern);
  const dangling = filters.get("dangling")?.[0];
  const wanted = entryFilter(options, catalog);
  const shared = options.sharedSize ? sharedLayers(catalog) : undefined;
  const rows: ImageSummary[] = [];
  for (const entry of catalog.all().filter(wanted)) {
    const names = catalog.namesOf(entry.id).map(parseImageReference);
    const shown = patterns === undefined ? names : names.filter((name) => patterns.some((matches) => matches(name)));
    if (patterns !== undefined && shown.length === 0) continue;
    const isUntagged = names.every(({ tag }) => tag === undefined);
    if (dangling !== undefined && (isTrue(dangling) ? !isUntagged : names.length === 0)) continue;
    rows.push({
      Id: entry.id,
      ParentId: "",
      RepoTags: shown.filter(({ tag }) => tag !== undefined).map(familiarReference),
      RepoDigests: shown.filter(({ digest }) => digest !== undefined).map(familiarReference),
      Created: Math.floor(entry.created / 1000),
      Size: entry.size,
      SharedSize: shared === undefined ? -1 : sharedSize(entry, shared, snapshotter),
      Labels: entry.config.Labels,
      Containers: -1,
      ...(options.manifests ? { Manifests: [manifestSummary(entry)] } : {}),
      Descriptor: entry.manifest,
    });
  }
  return rows.sort((a, b) => b.Created - a.Created || (a.Id < b.Id ? -1 : 1));
}

function isTrue(value: string): boolean {
  return /^(?:1|t|true)$/i.test(value);
}

function entryFilter({ filters }: ImageListOptions, catalog: ImageCatalog): (entry: CatalogEntry) => boolean {
  const labels = filters.get("label") ?? [];
  const createdOf = (text: string): number => catalog.find(text).created;
  const before = Math.min(...(filters.get("before") ?? []).map(createdOf));
  const since = Math.max(...(filters.get("since") ?? []).map(createdOf));
  const until = Math.min(...(filters.get("until") ?? []).map((text) => parseMoment(text, Date.now())));
  return ({ created, config }) =>
    created < before && created > since && created <= until && labels.every((label) => hasLabel(config.Labels, label));
}

/** How many images stand on each layer. */
function sharedLayers(catalog: ImageCatalog): Map<Digest, number> {
  const counts = new Map<Digest, number>();
  for (const { chains } of catalog.all()) for (const chain of chains) counts.set(chain, (counts.get(chain) ?? 0) + 1);
  return counts;
}

function sharedSize(entry: CatalogEntry, counts: ReadonlyMap<Digest, number>, snapshotter: Snapshotter): number {
  return entry.chains.reduce((sum, chain) => sum + ((counts.get(chain) ?? 0) > 1 ? snapshotter.layer(chain).size : 0), 0);
}
