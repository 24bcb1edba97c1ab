import { CommandFailure, switchFlag, type ClientSettings, type FlagValues } from "../command/index.ts";
import { pruneCommand, pruneFilters, pruneVolumes } from "../prune/index.ts";

export const volumePruneCommand = pruneCommand({
  flags: [switchFlag("all", "Remove all unused volumes, not just anonymous ones", { short: "a", needs: { api: 42 } })],
  warning: async ({ engine, settings }, flags) => {
    volumeFilters(settings, flags);
    // Older engines do not know the difference.
    return flags.isOn("all") || await engine.version() < 42
      ? "WARNING! This will remove all local volumes not used by at least one container."
      : "WARNING! This will remove anonymous local volumes not used by at least one container.";
  },
  async *prune({ engine, settings }, flags) {
    yield await pruneVolumes(engine, volumeFilters(settings, flags));
  },
});

function volumeFilters(settings: ClientSettings, flags: FlagValues): ReadonlyMap<"all" | "label" | "label!", readonly string[]> {
  const filters = pruneFilters<"all" | "label" | "label!">(settings, flags);
  if (!flags.isOn("all")) return filters;
  if (filters.has("all")) throw new CommandFailure(1, "conflicting options: cannot specify both --all and --filter all=1");
  return filters.set("all", ["true"]);
}
