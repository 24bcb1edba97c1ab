import { pruneCommand, pruneFilters, pruneNetworks } from "../prune/index.ts";

export const networkPruneCommand = pruneCommand({
  tellsSize: false,
  warning: () => "WARNING! This will remove all custom networks not used by at least one container.",
  async *prune({ engine, settings }, flags) {
    yield await pruneNetworks(engine, pruneFilters(settings, flags));
import { filterFlag, pruneFiltersOf, switchFlag, type Command } from "../command/index.ts";
import { confirms } from "../output/index.ts";

export const pruneCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [filterFlag(), switchFlag("force", "Do not prompt for confirmation", { short: "f" })],
  async run({ engine, io, settings }, { flags }) {
    if (!flags.isOn("force") && !await confirms(io, "WARNING! This will remove all custom networks not used by at least one container.")) {
      await io.err.write("network prune has been cancelled\n");
      return 1;
    }
    const { NetworksDeleted } = await engine.call("networkPrune", { query: { filters: pruneFiltersOf(flags.list("filter"), settings.file()) } });
    const names = NetworksDeleted ?? [];
    if (names.length > 0) await io.out.write(`Deleted Networks:\n${names.join("\n")}\n\n`);
    return 0;
  },
});
