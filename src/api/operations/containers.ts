import { containerCreateBody, containerUpdateBody } from "../bodies/index.ts";
import type {
  ContainerCreateReply, ContainerInspect, ContainerPruneReply, ContainerStats, ContainerSummary, ContainerTopReply, ContainerUpdateReply, PortReach, ContainerWaitReply, FilesystemChange,
} from "../types/index.ts";
import { containerFilters, containerPruneFilters } from "./filter-parameters.ts";
import { empty, hijack, hijackBody, json, jsonBody, jsonLines, operation, output, streamBody, tar } from "./operation.ts";
import { choice, flag, flagWithDefault, integer, platformText, required, since, tail, text, timestamp } from "./parameter.ts";

const group = "Container";
const id = "/containers/{id}";
const seconds = integer(-1, 2 ** 31 - 1);
const terminalSize = { h: required(integer(0, 65_535)), w: required(integer(0, 65_535)) };
const attachQuery = { detachKeys: text, logs: flag, stream: flag, stdin: flag, stdout: flag, stderr: flag };

export const containerOperations = {
  containerCreate: operation({
    group, method: "POST", path: "/containers/create", status: "implemented",
    query: { name: text, platform: since(41, platformText) },
    body: jsonBody(containerCreateBody),
    reply: json<ContainerCreateReply>(),
    success: [201],
  }),
  containerList: operation({
    group, method: "GET", path: "/containers/json", status: "implemented",
    query: { all: flag, limit: integer(-1, 2 ** 31 - 1), size: flag, filters: containerFilters },
    reply: json<readonly ContainerSummary[]>(),
  }),
  containerPrune: operation({
    group, method: "POST", path: "/containers/prune", since: 25, status: "implemented",
    query: { filters: containerPruneFilters },
    reply: json<ContainerPruneReply>(),
  }),
  containerDelete: operation({
    group, method: "DELETE", path: id, status: "implemented",
    query: { v: flag, force: flag, link: flag },
    reply: empty,
  }),
  containerArchive: operation({
    group, method: "GET", path: `${id}/archive`, status: "implemented", query: { path: required(text) }, reply: tar,
  }),
  containerArchiveInfo: operation({
    group, method: "HEAD", path: `${id}/archive`, status: "implemented", query: { path: required(text) }, reply: empty, success: [200],
  }),
  putContainerArchive: operation({
    group, method: "PUT", path: `${id}/archive`, status: "implemented",
    query: { path: required(text), noOverwriteDirNonDir: flag, copyUIDGID: flag },
    body: streamBody,
    reply: empty,
    success: [200],
  }),
  containerAttach: operation({
    group, method: "POST", path: `${id}/attach`, status: "implemented",
    query: attachQuery,
    body: hijackBody,
    reply: hijack,
    success: [101, 200],
  }),
  containerAttachWebsocket: operation({
    group, method: "GET", path: `${id}/attach/ws`, status: "implemented", query: attachQuery, body: hijackBody, reply: hijack, success: [101],
  }),
  containerChanges: operation({
    group, method: "GET", path: `${id}/changes`, status: "implemented", reply: json<readonly FilesystemChange[] | null>(),
  }),
  containerExport: operation({ group, method: "GET", path: `${id}/export`, status: "implemented", reply: tar }),
  containerInspect: operation({
    group, method: "GET", path: `${id}/json`, status: "implemented", query: { size: flag }, reply: json<ContainerInspect>(),
  }),
  containerKill: operation({ group, method: "POST", path: `${id}/kill`, status: "implemented", query: { signal: text }, reply: empty }),
  containerLogs: operation({
    group, method: "GET", path: `${id}/logs`, status: "implemented",
    query: { follow: flag, stdout: flag, stderr: flag, since: timestamp, until: since(35, timestamp), timestamps: flag, tail, details: flag },
    reply: output,
  }),
  containerPause: operation({ group, method: "POST", path: `${id}/pause`, status: "implemented", reply: empty }),
  containerRename: operation({ group, method: "POST", path: `${id}/rename`, status: "implemented", query: { name: text }, reply: empty }),
  containerResize: operation({
    group, method: "POST", path: `${id}/resize`, status: "implemented", query: terminalSize, reply: empty, success: [200],
  }),
  containerRestart: operation({
    group, method: "POST", path: `${id}/restart`, status: "implemented", query: { signal: since(42, text), t: seconds }, reply: empty,
  }),
  containerStart: operation({
    group, method: "POST", path: `${id}/start`, status: "implemented", query: { detachKeys: text }, reply: empty, success: [204, 304],
  }),
  containerStats: operation({
    group, method: "GET", path: `${id}/stats`, status: "implemented",
    query: { stream: flagWithDefault(true), "one-shot": since(41, flag) },
    reply: jsonLines<ContainerStats>(),
  }),
  containerStop: operation({
    group, method: "POST", path: `${id}/stop`, status: "implemented",
    query: { signal: since(42, text), t: seconds },
    reply: empty,
    success: [204, 304],
  }),
  /** wharf's own. */
  containerReach: operation({ group, method: "GET", path: `${id}/reach`, status: "implemented", reply: json<readonly PortReach[]>() }),
  containerTop: operation({
    group, method: "GET", path: `${id}/top`, status: "implemented", query: { ps_args: text }, reply: json<ContainerTopReply>(),
  }),
  containerUnpause: operation({ group, method: "POST", path: `${id}/unpause`, status: "implemented", reply: empty }),
  containerUpdate: operation({
    group, method: "POST", path: `${id}/update`, status: "implemented", body: jsonBody(containerUpdateBody), reply: json<ContainerUpdateReply>(),
  }),
  containerWait: operation({
    group, method: "POST", path: `${id}/wait`, status: "implemented",
    query: { condition: since(30, choice(["not-running", "next-exit", "removed"])) },
    reply: json<ContainerWaitReply>(),
  }),
} as const;
