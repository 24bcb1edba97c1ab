export { openLog } from "./log.ts";
export type { Log } from "./log.ts";
export { daemonHelp, defaultDataRoot, defaultExecRoot, parseDaemonOptions } from "./options.ts";
export type { DaemonOptions, LogLevel } from "./options.ts";
