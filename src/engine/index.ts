export { runDaemon } from "./run-daemon.ts";
export type { DaemonProcess } from "./run-daemon.ts";
