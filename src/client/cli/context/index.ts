/** The commands of contexts; each module is loaded when its command is called. */
export const contextCommands = {
  create: async () => (await import("./create.ts")).createCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  import: async () => (await import("./import.ts")).importCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  list: async () => (await import("./list.ts")).listCommand,
  remove: async () => (await import("./remove.ts")).removeCommand,
  show: async () => (await import("./show.ts")).showCommand,
  update: async () => (await import("./update.ts")).updateCommand,
  use: async () => (await import("./use.ts")).useCommand,
};
