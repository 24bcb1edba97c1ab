/** The commands of images; each module is loaded when its command is called. */
export const imageCommands = {
  bootstrap: async () => (await import("./bootstrap.ts")).bootstrapCommand,
  history: async () => (await import("./history.ts")).historyCommand,
  import: async () => (await import("./import.ts")).importCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  list: async () => (await import("./list.ts")).listCommand,
  load: async () => (await import("./load.ts")).loadCommand,
  prune: async () => (await import("./prune.ts")).imagePruneCommand,
  pull: async () => (await import("./pull.ts")).pullCommand,
  remove: async () => (await import("./remove.ts")).removeCommand,
  save: async () => (await import("./save.ts")).saveCommand,
  tag: async () => (await import("./tag.ts")).tagCommand,
};

/** How lists show images, for commands that show them among others. */
export const imageViews = {
  list: async () => {
    const { firstRowOf, imageFormat } = await import("./list.ts");
    return { firstRowOf, imageFormat };
  },
};
