export { AttachSocket } from "./attach-socket.ts";
export { reopenLog, resizeTerminal, settleCommands } from "./control.ts";
export type { Output } from "./attach-socket.ts";
export { conmonArguments, prepareExec, prepareMonitor, startMonitor, takeExitCode } from "./monitor.ts";
export type { Monitor, MonitorRequest, PreparedExec, PreparedMonitor } from "./monitor.ts";
