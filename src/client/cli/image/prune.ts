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
  },
});
