import { authConfig } from "../bodies/index.ts";
import type { AuthReply, CheckReport, DataUsage, EventMessage, SystemInfo, SystemVersion } from "../types/index.ts";
import { eventFilters } from "./filter-parameters.ts";
import { empty, hijack, hijackBody, json, jsonBody, jsonLines, operation, text as textReply } from "./operation.ts";
import { flag, since, texts, timestamp } from "./parameter.ts";

const group = "System";

export const systemOperations = {
  systemPing: operation({ group, method: "GET", path: "/_ping", status: "implemented", reply: textReply }),
  systemPingHead: operation({ group, method: "HEAD", path: "/_ping", status: "implemented", reply: empty, success: [200] }),
  systemAuth: operation({
    group, method: "POST", path: "/auth", status: "implemented",
    body: jsonBody(authConfig),
    reply: json<AuthReply>(),
    success: [200, 204],
  }),
  systemEvents: operation({
    group, method: "GET", path: "/events", status: "implemented",
    query: { since: timestamp, until: timestamp, filters: eventFilters },
    reply: jsonLines<EventMessage>(),
  }),
  systemInfo: operation({ group, method: "GET", path: "/info", status: "implemented", reply: json<SystemInfo>() }),
  systemDataUsage: operation({
    group, method: "GET", path: "/system/df", since: 25, status: "implemented", query: { type: since(42, texts), verbose: flag }, reply: json<DataUsage>(),
  }),
  /** wharf's own: compares records, disk and kernel. */
  systemCheck: operation({ group, method: "POST", path: "/system/check", status: "implemented", query: { repair: flag }, reply: json<CheckReport>() }),
  systemVersion: operation({ group, method: "GET", path: "/version", status: "implemented", reply: json<SystemVersion>() }),
  session: operation({
    group: "Session", method: "POST", path: "/session", since: 31, status: "later", body: hijackBody, reply: hijack, success: [101],
  }),
} as const;
