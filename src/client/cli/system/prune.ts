import { switchFlag, type ClientSettings, type CommandContext, type FlagValues } from "../command/index.ts";
import { pruneBuildCache, pruneCommand, pruneContainers, pruneFilters, pruneImages, pruneNetworks, pruneVolumes, type Pruned } from "../prune/index.ts";

export const systemPruneCommand = pruneCommand({
  flags: [
    switchFlag("all", "Remove all unused images not just dangling ones", { short: "a" }),
    switchFlag("volumes", "Prune anonymous volumes"),
  ],
  warning: ({ settings }, flags) => {
    if (flags.isOn("volumes") && flags.list("filter").some((filter) => filter.startsWith("until="))) {
      throw new Error('ERROR: The "until" filter is not supported with "--volumes"');
    }
    return warningOf(settings, flags);
  },
  prune: pruneAll,
});

/** First what holds other things. */
async function* pruneAll({ engine, settings }: CommandContext, flags: FlagValues): AsyncGenerator<Pruned> {
  const all = flags.isOn("all");
  yield await pruneContainers(engine, pruneFilters(settings, flags));
  yield await pruneNetworks(engine, pruneFilters(settings, flags));
  if (flags.isOn("volumes")) yield await pruneVolumes(engine, pruneFilters(settings, flags));
  yield await pruneImages(engine, pruneFilters<"dangling" | "label" | "label!" | "until">(settings, flags).set("dangling", [String(!all)]));
  if (await engine.version() >= 31) yield await pruneBuildCache(engine, { all, filters: pruneFilters(settings, flags) });
}

function warningOf(settings: ClientSettings, flags: FlagValues): string {
  const all = flags.isOn("all");
  const kinds = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(flags.isOn("volumes") ? ["all anonymous volumes not used by at least one container"] : []),
    all ? "all images without at least one container associated to them" : "all dangling images",
    all ? "all build cache" : "unused build cache",
  ];
  const written = pruneFilters<string>(settings, flags);
  const filters = ["label", "label!", "until"].flatMap((name) => (written.get(name) ?? []).map((value) => `${name}=${value}`)).sort();
  const filtered = filters.length === 0 ? [] : ["  Items to be pruned will be filtered with:", ...filters.map((filter) => `  - ${filter}`), ""];
  return ["WARNING! This will remove:", ...kinds.map((kind) => `  - ${kind}`), "", ...filtered].join("\n");
}
