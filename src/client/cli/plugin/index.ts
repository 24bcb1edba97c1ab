export { builderAlias } from "./builder-alias.ts";
export { findPlugin, listPlugins } from "./plugins.ts";
export { completePlugin, runPlugin } from "./run-plugin.ts";
export type { PluginCall } from "./run-plugin.ts";
