export { hasLabel } from "./labels.ts";
export { parseMoment } from "./moment.ts";
export { pruneFilter, PruneTurn } from "./prune.ts";
export type { Prunable } from "./prune.ts";
