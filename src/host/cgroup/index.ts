export { Cgroup, destroyLeftovers } from "./cgroup.ts";
export { Freezer } from "./freezer.ts";
export { readCgroupLayout } from "./layout.ts";
export type { CgroupLayout } from "./layout.ts";
export { MoveQuickener } from "./move-quickener.ts";
export { readUsage } from "./usage.ts";
export type { CgroupUsage, CpuUsage, IoCount, IoUsage, MemoryUsage } from "./usage.ts";
