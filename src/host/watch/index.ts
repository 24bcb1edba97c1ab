export { FileWatcher } from "./file-watcher.ts";
export type { PendingChange } from "./file-watcher.ts";
