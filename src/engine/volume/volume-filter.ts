import type { Filters, VolumeFilter, VolumePruneFilter } from "../../api/types/index.ts";
import { hasLabel, pruneFilter } from "../filter/index.ts";
import { isAnonymous, type StoredVolume } from "./stored-volume.ts";

/** Whether `GET /volumes` shows a volume: every filter has to match, of one's values any, of labels all. */
export function isListed(volume: StoredVolume, filters: Filters<VolumeFilter>, isUsed: boolean): boolean {
  const { labels } = volume;
  const dangling = filters.get("dangling");
  if (dangling !== undefined && !dangling.some((value) => isTrue(value) === !isUsed)) return false;
  if (filters.get("driver")?.includes("local") === false) return false;
  if (filters.get("label")?.every((wanted) => hasLabel(labels, wanted)) === false) return false;
  return filters.get("name")?.some((pattern) => matchesName(volume.name, pattern)) !== false;
}

/** Whether a volume that nobody uses is pruned: those without a name, or all, less what the labels keep. */
export function isPruned(volume: StoredVolume, filters: Filters<VolumePruneFilter>): boolean {
  if (filters.get("all")?.some(isTrue) !== true && !isAnonymous(volume)) return false;
  const byLabel = new Map((["label", "label!"] as const).map((name) => [name, filters.get(name) ?? []]));
  return pruneFilter(byLabel, 0)({ labels: volume.labels, created: 0 });
}

function isTrue(value: string): boolean {
  return /^(1|t|true)$/i.test(value);
}

/** docker takes the value as a pattern for any part of the name; one that is no pattern is a plain part. */
function matchesName(name: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return name.includes(pattern);
  }
}
