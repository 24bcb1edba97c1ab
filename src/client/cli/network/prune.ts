import { pruneCommand, pruneFilters, pruneNetworks } from "../prune/index.ts";

export const networkPruneCommand = pruneCommand({
  tellsSize: false,
  warning: () => "WARNING! This will remove all custom networks not used by at least one container.",
  async *prune({ engine, settings }, flags) {
    yield await pruneNetworks(engine, pruneFilters(settings, flags));
  },
});
