import { pruneCommand, pruneContainers, pruneFilters } from "../prune/index.ts";

export const containerPruneCommand = pruneCommand({
  warning: () => "WARNING! This will remove all stopped containers.",
  async *prune({ engine, settings }, flags) {
    yield await pruneContainers(engine, pruneFilters(settings, flags));
import { formatDecimalSize } from "../../../base/index.ts";
import { filterFlag, pruneFiltersOf, switchFlag, type Command } from "../command/index.ts";
import { confirms } from "../output/index.ts";

export const pruneCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [filterFlag(), switchFlag("force", "Do not prompt for confirmation", { short: "f" })],
  async run({ engine, io, settings }, { flags }) {
    if (!flags.isOn("force") && !await confirms(io, "WARNING! This will remove all stopped containers.")) {
      await io.err.write("container prune has been cancelled\n");
      return 1;
    }
    const { ContainersDeleted, SpaceReclaimed } = await engine.call("containerPrune", { query: { filters: pruneFiltersOf(flags.list("filter"), settings.file()) } });
    const ids = ContainersDeleted ?? [];
    await io.out.write(`${ids.length === 0 ? "" : `Deleted Containers:\n${ids.join("\n")}\n\n`}Total reclaimed space: ${formatDecimalSize(SpaceReclaimed, 4)}\n`);
    return 0;
  },
});
