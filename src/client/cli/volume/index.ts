/** The commands of volumes; each module is loaded when its command is called. */
export const volumeCommands = {
  clone: async () => (await import("./clone.ts")).cloneCommand,
  create: async () => (await import("./create.ts")).createCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  import: async () => (await import("./import.ts")).importCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  list: async () => (await import("./list.ts")).listCommand,
  prune: async () => (await import("./prune.ts")).volumePruneCommand,
  remove: async () => (await import("./remove.ts")).removeCommand,
  rename: async () => (await import("./rename.ts")).renameCommand,
  snapshot: async () => (await import("./snapshot.ts")).snapshotCommand,
  update: async () => (await import("./update.ts")).updateCommand,
};

/** How lists show volumes, for commands that show them among others. */
export const volumeViews = {
  list: async () => ({ volumeFormat: (await import("./list.ts")).volumeFormat }),
};
