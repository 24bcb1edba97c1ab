import type { Filters, VolumeFilter, VolumePruneFilter } from "../../api/types/index.ts";
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
  const { labels } = volume;
  if (filters.get("all")?.some(isTrue) !== true && !isAnonymous(volume)) return false;
  if (filters.get("label")?.every((wanted) => hasLabel(labels, wanted)) === false) return false;
  return filters.get("label!")?.every((unwanted) => hasLabel(labels, unwanted)) !== true;
}

function isTrue(value: string): boolean {
  return /^(1|t|true)$/i.test(value);
}

function hasLabel(labels: StoredVolume["labels"], wanted: string): boolean {
  if (labels === null) return false;
  const equals = wanted.indexOf("=");
  if (equals < 0) return Object.hasOwn(labels, wanted);
  const name = wanted.slice(0, equals);
  return Object.hasOwn(labels, name) && labels[name] === wanted.slice(equals + 1);
}

/** docker takes the value as a pattern for any part of the name; one that is no pattern is a plain part. */
function matchesName(name: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return name.includes(pattern);
  }
}
