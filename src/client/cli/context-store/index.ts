export { checkContextName, defaultContext, isStoredName } from "./context-name.ts";
export { ContextStore } from "./context-store.ts";
export { descriptionOf, engineEndpoint, parseStoredContext } from "./stored-context.ts";
export type { Endpoint, StoredContext, TlsMaterial } from "./stored-context.ts";
