export { AttachSocket, resizeTerminal } from "./attach-socket.ts";
export type { Output } from "./attach-socket.ts";
export { conmonArguments, prepareExec, startMonitor, takeExitCode } from "./monitor.ts";
export type { Monitor, MonitorRequest, PreparedExec } from "./monitor.ts";
