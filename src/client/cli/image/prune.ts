import { switchFlag } from "../command/index.ts";
import { pruneCommand, pruneFilters, pruneImages } from "../prune/index.ts";

export const imagePruneCommand = pruneCommand({
  flags: [switchFlag("all", "Remove all unused images, not just dangling ones", { short: "a" })],
  warning: (_, flags) => (flags.isOn("all")
    ? "WARNING! This will remove all images without at least one container associated to them."
    : "WARNING! This will remove all dangling images."),
  async *prune({ engine, settings }, flags) {
    const filters = pruneFilters<"dangling" | "label" | "label!" | "until">(settings, flags);
    yield await pruneImages(engine, filters.set("dangling", [...filters.get("dangling") ?? [], String(!flags.isOn("all"))]));
import { formatDecimalSize } from "../../../base/index.ts";
import { filterFlag, pruneFiltersOf, switchFlag, type Command } from "../command/index.ts";
import { confirms } from "../output/index.ts";

export const pruneCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    switchFlag("all", "Remove all unused images, not just dangling ones", { short: "a" }),
    filterFlag(),
    switchFlag("force", "Do not prompt for confirmation", { short: "f" }),
  ],
  async run({ engine, io, settings }, { flags }) {
    const all = flags.isOn("all");
    const warning = all ? "WARNING! This will remove all images without at least one container associated to them." : "WARNING! This will remove all dangling images.";
    if (!flags.isOn("force") && !await confirms(io, warning)) {
      await io.err.write("image prune has been cancelled\n");
      return 1;
    }
    const filters = new Map([["dangling" as const, [String(!all)]], ...pruneFiltersOf<"label" | "label!" | "until">(flags.list("filter"), settings.file())]);
    const { ImagesDeleted, SpaceReclaimed } = await engine.call("imagePrune", { query: { filters } });
    const lines = (ImagesDeleted ?? []).map((item) => ("Untagged" in item ? `untagged: ${item.Untagged}` : `deleted: ${item.Deleted}`));
    await io.out.write(`${lines.length === 0 ? "" : `Deleted Images:\n${lines.join("\n")}\n\n`}Total reclaimed space: ${formatDecimalSize(SpaceReclaimed, 4)}\n`);
    return 0;
  },
});
