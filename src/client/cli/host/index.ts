export { chooseHost, defaultHost } from "./choose-host.ts";
export type { ChosenHost, HostFlags } from "./choose-host.ts";
export { configFolder, readConfigFile } from "./config-file.ts";
export { startDefaultEngine } from "./default-engine.ts";
