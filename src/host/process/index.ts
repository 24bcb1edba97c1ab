export { tryLock } from "./lock.ts";
export { identifyProcess, parseProcessStat, ProcessHandle } from "./pidfd.ts";
export type { ProcessIdentity } from "./pidfd.ts";
