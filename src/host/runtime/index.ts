export { chooseRuntime, findProgram, hasHybridCgroups } from "./choose.ts";
export type { RuntimeChoice } from "./choose.ts";
export { openRuntime, plainText } from "./runtime.ts";
export type { Runtime, RuntimeLocation } from "./runtime.ts";
export { StartFailure } from "./start-failure.ts";
export type { FailedStart } from "./start-failure.ts";
