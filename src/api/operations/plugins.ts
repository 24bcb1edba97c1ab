import { empty, json, jsonLines, operation, streamBody } from "./operation.ts";
import type { ProgressMessage } from "../types/index.ts";
import { flag, integer, required, text } from "./parameter.ts";

const group = "Plugin";
const name = "/plugins/{name}";

export const pluginOperations = {
  pluginList: operation({
    group, method: "GET", path: "/plugins", since: 25, status: "later", query: { filters: text }, reply: json<readonly unknown[]>(),
  }),
  pluginCreate: operation({
    group, method: "POST", path: "/plugins/create", since: 25, status: "later", query: { name: required(text) }, body: streamBody, reply: empty,
  }),
  pluginPrivileges: operation({
    group, method: "GET", path: "/plugins/privileges", since: 25, status: "later",
    query: { remote: required(text) },
    reply: json<readonly unknown[]>(),
  }),
  pluginPull: operation({
    group, method: "POST", path: "/plugins/pull", since: 25, status: "later",
    query: { remote: required(text), name: text },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
  pluginDelete: operation({
    group, method: "DELETE", path: name, since: 25, status: "later", query: { force: flag }, reply: json<unknown>(),
  }),
  pluginDisable: operation({
    group, method: "POST", path: `${name}/disable`, since: 25, status: "later", query: { force: flag }, reply: empty, success: [200],
  }),
  pluginEnable: operation({
    group, method: "POST", path: `${name}/enable`, since: 25, status: "later", query: { timeout: integer(0, 2 ** 31) }, reply: empty, success: [200],
  }),
  pluginInspect: operation({ group, method: "GET", path: `${name}/json`, since: 25, status: "later", reply: json<unknown>() }),
  pluginPush: operation({ group, method: "POST", path: `${name}/push`, since: 25, status: "later", reply: jsonLines<ProgressMessage>() }),
  pluginSet: operation({ group, method: "POST", path: `${name}/set`, since: 25, status: "later", body: streamBody, reply: empty }),
  pluginUpgrade: operation({
    group, method: "POST", path: `${name}/upgrade`, since: 26, status: "later",
    query: { remote: required(text) },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
} as const;
