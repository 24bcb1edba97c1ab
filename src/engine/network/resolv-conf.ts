import { isIP } from "node:net";
import type { DnsRequest } from "./contract.ts";

/** What /etc/resolv.conf says, resolv.conf(5). */
export interface ResolverSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/** Lines that are none of the three are left out; of several `search` lines the last counts, as in libc. */
export function parseResolvConf(text: string): ResolverSettings {
  const servers: string[] = [];
  let search: string[] = [];
  const options: string[] = [];
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line.replace(/[#;].*$/, "").trim().split(/\s+/);
    if (keyword === "nameserver" && words[0] !== undefined && isIP(withoutZone(words[0])) !== 0) servers.push(words[0]);
    if (keyword === "search" || keyword === "domain") search = words;
    if (keyword === "options") options.push(...words);
  }
  return { servers, search, options };
}

export function formatResolvConf({ servers, search, options }: ResolverSettings): string {
  return [
    ...servers.map((server) => `nameserver ${server}`),
    ...(search.length === 0 ? [] : [`search ${search.join(" ")}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(" ")}`]),
    "",
  ].join("\n");
}

/** What was asked for takes the place of the host's, setting by setting; a search of "." means none. */
export function withDnsRequest(host: ResolverSettings, request: DnsRequest): ResolverSettings {
  const search = request.search.length === 0 ? host.search : request.search;
  return {
    servers: request.servers.length === 0 ? host.servers : request.servers,
    search: search.length === 1 && search[0] === "." ? [] : search,
    options: request.options.length === 0 ? host.options : request.options,
  };
}

/** Of the machine itself: another network namespace reaches another resolver under that address, or none. */
export function isLoopbackServer(server: string): boolean {
  return server.startsWith("127.") || server === "::1";
}

/** A container with IPv4 alone, and one on a bridge, cannot use every server of the host. */
export function reachableServers(servers: readonly string[], families: readonly number[]): string[] {
  return servers.filter((server) => !isLoopbackServer(server) && !server.includes("%") && families.includes(isIP(server)));
}

function withoutZone(server: string): string {
  return server.replace(/%.*$/, "");
}
