export { tryLock } from "./lock.ts";
export { identifyProcess, parseProcessStat, ProcessHandle } from "./pidfd.ts";
export type { ProcessIdentity } from "./pidfd.ts";
export { listProcesses, parseProcessList } from "./process-list.ts";
export type { ProcessList } from "./process-list.ts";
