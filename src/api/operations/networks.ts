import { networkConnectBody, networkCreateBody, networkDisconnectBody } from "../bodies/index.ts";
import type { Network, NetworkCreateReply, NetworkPruneReply } from "../types/index.ts";
import { networkFilters, networkPruneFilters } from "./filter-parameters.ts";
import { empty, json, jsonBody, operation } from "./operation.ts";
import { flag, text } from "./parameter.ts";

const group = "Network";

export const networkOperations = {
  networkList: operation({
    group, method: "GET", path: "/networks", status: "implemented", query: { filters: networkFilters }, reply: json<readonly Network[]>(),
  }),
  networkCreate: operation({
    group, method: "POST", path: "/networks/create", status: "implemented",
    body: jsonBody(networkCreateBody),
    reply: json<NetworkCreateReply>(),
    success: [201],
  }),
  networkPrune: operation({
    group, method: "POST", path: "/networks/prune", since: 25, status: "implemented",
    query: { filters: networkPruneFilters },
    reply: json<NetworkPruneReply>(),
  }),
  networkDelete: operation({ group, method: "DELETE", path: "/networks/{id}", status: "implemented", reply: empty }),
  networkInspect: operation({
    group, method: "GET", path: "/networks/{id}", status: "implemented", query: { verbose: flag, scope: text }, reply: json<Network>(),
  }),
  networkConnect: operation({
    group, method: "POST", path: "/networks/{id}/connect", status: "implemented", body: jsonBody(networkConnectBody), reply: empty, success: [200],
  }),
  networkDisconnect: operation({
    group, method: "POST", path: "/networks/{id}/disconnect", status: "implemented", body: jsonBody(networkDisconnectBody), reply: empty, success: [200],
  }),
} as const;
