export { runCommandLine } from "./main.ts";
export type { CommandLine } from "./main.ts";
export { onProcessSignals } from "./process-signals.ts";
export { processStdio } from "./terminal/index.ts";
