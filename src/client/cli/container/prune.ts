import { pruneCommand, pruneContainers, pruneFilters } from "../prune/index.ts";

export const containerPruneCommand = pruneCommand({
  warning: () => "WARNING! This will remove all stopped containers.",
  async *prune({ engine, settings }, flags) {
    yield await pruneContainers(engine, pruneFilters(settings, flags));
  },
});
