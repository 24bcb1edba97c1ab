export { runCommandLine } from "./main.ts";
export type { CommandLine } from "./command-line.ts";
export { onProcessSignals } from "./process-signals.ts";
export { processStdio } from "./terminal/index.ts";
