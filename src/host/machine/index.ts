export { openDescriptors, readMachine } from "./machine.ts";
export { parseProcessorTime, readProcessorTime } from "./processor-time.ts";
export type { ProcessorTime } from "./processor-time.ts";
export type { CgroupFacts, Machine } from "./machine.ts";
