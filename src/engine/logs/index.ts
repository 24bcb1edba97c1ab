export type { LogPolicy, LogRequest } from "./contract.ts";
