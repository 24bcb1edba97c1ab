export type { LogPolicy, LogRequest } from "./contract.ts";
export { logPolicy, requireReadableLog } from "./log-policy.ts";
export type { LoggedContainer } from "./log-policy.ts";
export { openLog } from "./log-reader.ts";
