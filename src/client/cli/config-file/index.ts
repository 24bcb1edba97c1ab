export { changeConfigFile, configFolder, isObject, readConfigFile, readJsonObject } from "./config-file.ts";
