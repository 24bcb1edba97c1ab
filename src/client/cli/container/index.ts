/** The commands of containers; each module is loaded when its command is called. */
export const containerCommands = {
  attach: async () => (await import("./attach.ts")).attachCommand,
  commit: async () => (await import("./commit.ts")).commitCommand,
  cp: async () => (await import("./cp.ts")).cpCommand,
  create: async () => (await import("./create.ts")).createCommand,
  diff: async () => (await import("./diff.ts")).diffCommand,
  exec: async () => (await import("./exec.ts")).execCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  kill: async () => (await import("./kill.ts")).killCommand,
  list: async () => (await import("./list.ts")).listCommand,
  logs: async () => (await import("./logs.ts")).logsCommand,
  pause: async () => (await import("./pause.ts")).pauseCommand,
  port: async () => (await import("./port.ts")).portCommand,
  prune: async () => (await import("./prune.ts")).containerPruneCommand,
  remove: async () => (await import("./remove.ts")).removeCommand,
  rename: async () => (await import("./rename.ts")).renameCommand,
  restart: async () => (await import("./restart.ts")).restartCommand,
  run: async () => (await import("./run.ts")).runCommand,
  start: async () => (await import("./start.ts")).startCommand,
  stats: async () => (await import("./stats.ts")).statsCommand,
  stop: async () => (await import("./stop.ts")).stopCommand,
  top: async () => (await import("./top.ts")).topCommand,
  unpause: async () => (await import("./pause.ts")).unpauseCommand,
  update: async () => (await import("./update.ts")).updateCommand,
  wait: async () => (await import("./wait.ts")).waitCommand,
};

/** How lists show containers, for commands that show them among others. */
export const containerViews = {
  list: async () => ({ containerFormat: (await import("./list.ts")).containerFormat }),
};
