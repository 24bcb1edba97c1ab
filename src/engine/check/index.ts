export type { Checked, Finding } from "./contract.ts";
export { checkDataRoot } from "./data-root.ts";
export { runCheck } from "./run-check.ts";
