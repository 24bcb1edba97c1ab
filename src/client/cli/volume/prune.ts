import { formatDecimalSize } from "../../../base/index.ts";
import { CommandFailure, filterFlag, filtersOf, switchFlag, type Command } from "../command/index.ts";
import { confirms } from "../output/index.ts";

export const pruneCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    switchFlag("all", "Remove all unused volumes, not just anonymous ones", { short: "a", needs: { api: 42 } }),
    filterFlag(),
    switchFlag("force", "Do not prompt for confirmation", { short: "f" }),
  ],
  async run({ engine, io }, { flags }) {
    const all = flags.isOn("all");
    const filters = new Map(filtersOf<"all" | "label" | "label!">(flags.list("filter")));
    if (all && filters.has("all")) throw new CommandFailure(1, "conflicting options: cannot specify both --all and --filter all=1");
    if (all) filters.set("all", ["true"]);
    const warning = all
      ? "WARNING! This will remove all local volumes not used by at least one container."
      : "WARNING! This will remove anonymous local volumes not used by at least one container.";
    if (!flags.isOn("force") && !await confirms(io, warning)) {
      await io.err.write("volume prune has been cancelled\n");
      return 1;
    }
    const { VolumesDeleted, SpaceReclaimed } = await engine.call("volumePrune", { query: { filters } });
    const names = VolumesDeleted ?? [];
    await io.out.write(`${names.length === 0 ? "" : `Deleted Volumes:\n${names.join("\n")}\n\n`}Total reclaimed space: ${formatDecimalSize(SpaceReclaimed, 4)}\n`);
    return 0;
  },
};
