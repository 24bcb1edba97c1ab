export { countDataUsage } from "./data-usage.ts";
export type { DataUsageParts } from "./data-usage.ts";
export { SystemService } from "./system-service.ts";
export type { SystemCounts, SystemOptions } from "./system-service.ts";
