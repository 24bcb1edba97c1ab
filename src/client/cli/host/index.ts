export { chooseContext, chooseDefaultHost, chooseHost, defaultHost, hostVariable } from "./choose-host.ts";
export type { ChosenHost, HostFlags, HostSources } from "./choose-host.ts";
export { startDefaultEngine } from "./default-engine.ts";
