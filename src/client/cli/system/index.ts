/** The commands of the engine as a whole; each module is loaded when its command is called. */
export const systemCommands = {
  check: async () => (await import("./check.ts")).checkCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
  diskUsage: async () => (await import("./disk-usage.ts")).diskUsageCommand,
  dialStdio: async () => (await import("./dial-stdio.ts")).dialStdioCommand,
  events: async () => (await import("./events.ts")).eventsCommand,
  info: async () => (await import("./info.ts")).infoCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  prune: async () => (await import("./prune.ts")).systemPruneCommand,
  version: async () => (await import("./version.ts")).versionCommand,
};
