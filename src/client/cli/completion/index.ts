export { completionScript } from "./scripts.ts";
export { complete } from "./complete.ts";
export type { CompletionSource } from "./source.ts";
