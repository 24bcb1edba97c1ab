import { isObject } from "./config-file.ts";

const variables: Readonly<Record<string, string>> = {
  httpProxy: "HTTP_PROXY", httpsProxy: "HTTPS_PROXY", noProxy: "NO_PROXY", ftpProxy: "FTP_PROXY", allProxy: "ALL_PROXY",
};

/**
 * Variables that config.json (`proxies`) gives to new containers, each in upper and lower case: those of this engine's
 * host, else the default ones.
 */
export function proxyVariables(file: Readonly<Record<string, unknown>>, host: string): ReadonlyMap<string, string> {
  const { proxies } = file;
  const chosen = isObject(proxies) ? proxies[host] ?? proxies["default"] : undefined;
  if (!isObject(chosen)) return new Map();
  return new Map(Object.entries(variables).flatMap(([key, name]) => {
    const value = chosen[key];
    return typeof value === "string" && value !== "" ? [[name, value], [name.toLowerCase(), value]] as const : [];
  }));
}
