export { SystemService } from "./system-service.ts";
export type { SystemCounts, SystemOptions } from "./system-service.ts";
