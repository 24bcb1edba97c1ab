export { bootstrapSource } from "./bootstrap-source.ts";
export type { BaseSource, BootstrapOptions } from "./base-source.ts";
