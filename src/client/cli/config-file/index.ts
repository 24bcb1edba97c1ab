export { changeConfigFile, configFolder, isObject, readConfigFile, readJsonObject } from "./config-file.ts";
export { httpHeaders } from "./http-headers.ts";
export { proxyVariables } from "./proxies.ts";
