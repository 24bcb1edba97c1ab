export { DnsServer } from "./server.ts";
export type { Client, DnsServerOptions } from "./server.ts";
export type { NamedEndpoint, NameView } from "./names.ts";
