/** The commands of networks; each module is loaded when its command is called. */
export const networkCommands = {
  connect: async () => (await import("./connect.ts")).connectCommand,
  create: async () => (await import("./create.ts")).createCommand,
  disconnect: async () => (await import("./disconnect.ts")).disconnectCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  list: async () => (await import("./list.ts")).listCommand,
  prune: async () => (await import("./prune.ts")).networkPruneCommand,
  remove: async () => (await import("./remove.ts")).removeCommand,
};
