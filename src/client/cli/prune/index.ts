export { pruneCommand } from "./prune-command.ts";
export type { PruneKind } from "./prune-command.ts";
export { pruneFilters } from "./prune-filters.ts";
export { pruneBuildCache, pruneContainers, pruneImages, pruneNetworks, pruneVolumes } from "./pruning.ts";
export type { Pruned } from "./pruning.ts";
