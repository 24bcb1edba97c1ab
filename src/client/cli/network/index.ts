/** The commands of networks; each module is loaded when its command is called. */
export const networkCommands = {
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  list: async () => (await import("./list.ts")).listCommand,
};
