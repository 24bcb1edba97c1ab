export { openDescriptors, readMachine } from "./machine.ts";
export type { CgroupFacts, Machine } from "./machine.ts";
