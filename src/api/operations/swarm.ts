import { empty, json, operation, output, streamBody } from "./operation.ts";
import { flag, integer, required, tail, text, timestamp } from "./parameter.ts";

/** Operations of a swarm: this engine is in none, and answers them as a node that is in none. */
const status = "swarm";
const version = { version: required(integer(0, 2 ** 53)) };
const logs = { details: flag, follow: flag, stdout: flag, stderr: flag, since: timestamp, timestamps: flag, tail };

const clusterOperations = {
  swarmInspect: operation({ group: "Swarm", method: "GET", path: "/swarm", status, reply: json<unknown>() }),
  swarmInit: operation({ group: "Swarm", method: "POST", path: "/swarm/init", status, body: streamBody, reply: json<string>() }),
  swarmJoin: operation({ group: "Swarm", method: "POST", path: "/swarm/join", status, body: streamBody, reply: empty, success: [200] }),
  swarmLeave: operation({ group: "Swarm", method: "POST", path: "/swarm/leave", status, query: { force: flag }, reply: empty, success: [200] }),
  swarmUnlock: operation({ group: "Swarm", method: "POST", path: "/swarm/unlock", status, body: streamBody, reply: empty, success: [200] }),
  swarmUnlockKey: operation({ group: "Swarm", method: "GET", path: "/swarm/unlockkey", status, reply: json<unknown>() }),
  swarmUpdate: operation({
    group: "Swarm", method: "POST", path: "/swarm/update", status,
    query: { ...version, rotateWorkerToken: flag, rotateManagerToken: flag, rotateManagerUnlockKey: flag },
    body: streamBody,
    reply: empty,
    success: [200],
  }),
  nodeList: operation({ group: "Node", method: "GET", path: "/nodes", status, query: { filters: text }, reply: json<readonly unknown[]>() }),
  nodeDelete: operation({ group: "Node", method: "DELETE", path: "/nodes/{id}", status, query: { force: flag }, reply: empty, success: [200] }),
  nodeInspect: operation({ group: "Node", method: "GET", path: "/nodes/{id}", status, reply: json<unknown>() }),
  nodeUpdate: operation({
    group: "Node", method: "POST", path: "/nodes/{id}/update", status, query: version, body: streamBody, reply: empty, success: [200],
  }),
} as const;

const serviceOperations = {
  serviceList: operation({
    group: "Service", method: "GET", path: "/services", status, query: { filters: text, status: flag }, reply: json<readonly unknown[]>(),
  }),
  serviceCreate: operation({
    group: "Service", method: "POST", path: "/services/create", status, body: streamBody, reply: json<unknown>(), success: [201],
  }),
  serviceDelete: operation({ group: "Service", method: "DELETE", path: "/services/{id}", status, reply: empty, success: [200] }),
  serviceInspect: operation({
    group: "Service", method: "GET", path: "/services/{id}", status, query: { insertDefaults: flag }, reply: json<unknown>(),
  }),
  serviceLogs: operation({ group: "Service", method: "GET", path: "/services/{id}/logs", status, query: logs, reply: output }),
  serviceUpdate: operation({
    group: "Service", method: "POST", path: "/services/{id}/update", status,
    query: { ...version, registryAuthFrom: text, rollback: text },
    body: streamBody,
    reply: json<unknown>(),
  }),
  taskList: operation({ group: "Task", method: "GET", path: "/tasks", status, query: { filters: text }, reply: json<readonly unknown[]>() }),
  taskInspect: operation({ group: "Task", method: "GET", path: "/tasks/{id}", status, reply: json<unknown>() }),
  taskLogs: operation({ group: "Task", method: "GET", path: "/tasks/{id}/logs", status, query: logs, reply: output }),
} as const;

const storedOperations = {
  secretList: operation({ group: "Secret", method: "GET", path: "/secrets", since: 25, status, query: { filters: text }, reply: json<readonly unknown[]>() }),
  secretCreate: operation({
    group: "Secret", method: "POST", path: "/secrets/create", since: 25, status, body: streamBody, reply: json<unknown>(), success: [201],
  }),
  secretDelete: operation({ group: "Secret", method: "DELETE", path: "/secrets/{id}", since: 25, status, reply: empty }),
  secretInspect: operation({ group: "Secret", method: "GET", path: "/secrets/{id}", since: 25, status, reply: json<unknown>() }),
  secretUpdate: operation({
    group: "Secret", method: "POST", path: "/secrets/{id}/update", since: 25, status, query: version, body: streamBody, reply: empty, success: [200],
  }),
  configList: operation({ group: "Config", method: "GET", path: "/configs", since: 30, status, query: { filters: text }, reply: json<readonly unknown[]>() }),
  configCreate: operation({
    group: "Config", method: "POST", path: "/configs/create", since: 30, status, body: streamBody, reply: json<unknown>(), success: [201],
  }),
  configDelete: operation({ group: "Config", method: "DELETE", path: "/configs/{id}", since: 30, status, reply: empty }),
  configInspect: operation({ group: "Config", method: "GET", path: "/configs/{id}", since: 30, status, reply: json<unknown>() }),
  configUpdate: operation({
    group: "Config", method: "POST", path: "/configs/{id}/update", since: 30, status, query: version, body: streamBody, reply: empty, success: [200],
  }),
} as const;

export const swarmOperations = { ...clusterOperations, ...serviceOperations, ...storedOperations } as const;
