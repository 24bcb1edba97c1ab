import { containerConfig } from "../bodies/index.ts";
import { optional } from "../decode/index.ts";
import type {
  ImageDeleteItem, ImageHistoryItem, ImageInspect, ImagePruneReply, ImageSummary, ProgressMessage,
} from "../types/index.ts";
import { imageFilters, imagePruneFilters } from "./filter-parameters.ts";
import { empty, json, jsonLines, operation, optionalJsonBody, streamBody, tar } from "./operation.ts";
import { flag, flagWithDefault, integer, platformJson, platformsJson, platformText, required, since, text, texts } from "./parameter.ts";

const group = "Image";
const anyInteger = integer(-(2 ** 53), 2 ** 53);

export const imageOperations = {
  imageBuild: operation({
    group, method: "POST", path: "/build", status: "later",
    query: {
      dockerfile: text, t: texts, extrahosts: texts, remote: text, q: flag, nocache: flag, cachefrom: text, pull: text,
      rm: flagWithDefault(true), forcerm: flag, memory: anyInteger, memswap: anyInteger, cpushares: anyInteger, cpusetcpus: text,
      cpuperiod: anyInteger, cpuquota: anyInteger, buildargs: text, shmsize: anyInteger, squash: flag, labels: text, networkmode: text,
      platform: text, target: text, outputs: text, version: text,
    },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
  buildPrune: operation({
    group, method: "POST", path: "/build/prune", since: 31, status: "implemented",
    query: { "reserved-space": anyInteger, "max-used-space": anyInteger, "min-free-space": anyInteger, all: flag, filters: text },
    reply: json<{ readonly CachesDeleted: readonly string[] | null; readonly SpaceReclaimed: number }>(),
  }),
  imageCommit: operation({
    group, method: "POST", path: "/commit", status: "implemented",
    query: { container: required(text), repo: text, tag: text, comment: text, author: text, pause: flagWithDefault(true), changes: texts },
    body: optionalJsonBody(optional(containerConfig)),
    reply: json<{ readonly Id: string }>(),
    success: [201],
  }),
  /** With `fromSrc` an import; with `fromImage` a pull, which is not there yet. */
  imageCreate: operation({
    group, method: "POST", path: "/images/create", status: "implemented",
    query: {
      fromImage: text, fromSrc: text, repo: text, tag: text, message: text, changes: texts, platform: since(32, platformText),
    },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
  imageGetAll: operation({
    group, method: "GET", path: "/images/get", status: "implemented", query: { names: texts, platform: since(48, platformJson) }, reply: tar,
  }),
  imageList: operation({
    group, method: "GET", path: "/images/json", status: "implemented",
    query: {
      all: flag, filters: imageFilters, "shared-size": since(42, flag), digests: flag, manifests: since(47, flag), filter: text,
    },
    reply: json<readonly ImageSummary[]>(),
  }),
  imageLoad: operation({
    group, method: "POST", path: "/images/load", status: "implemented",
    query: { quiet: flagWithDefault(true), platform: since(48, platformJson) },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
  imagePrune: operation({
    group, method: "POST", path: "/images/prune", since: 25, status: "implemented",
    query: { filters: imagePruneFilters },
    reply: json<ImagePruneReply>(),
  }),
  imageSearch: operation({
    group, method: "GET", path: "/images/search", status: "later",
    query: { term: required(text), limit: integer(1, 100), filters: text },
    reply: json<unknown>(),
  }),
  imageDelete: operation({
    group, method: "DELETE", path: "/images/{name}", status: "implemented",
    query: { force: flag, noprune: flag, platforms: since(50, platformsJson) },
    reply: json<readonly ImageDeleteItem[]>(),
  }),
  imageAttestations: operation({
    group, method: "GET", path: "/images/{name}/attestations", status: "later",
    query: { platform: platformJson, type: text, statement: flag },
    reply: json<unknown>(),
  }),
  imageGet: operation({
    group, method: "GET", path: "/images/{name}/get", status: "implemented", query: { platform: since(48, platformJson) }, reply: tar,
  }),
  imageHistory: operation({
    group, method: "GET", path: "/images/{name}/history", status: "implemented",
    query: { platform: since(48, platformJson) },
    reply: json<readonly ImageHistoryItem[]>(),
  }),
  imageInspect: operation({
    group, method: "GET", path: "/images/{name}/json", status: "implemented",
    query: { manifests: since(48, flag), platform: since(49, platformJson) },
    reply: json<ImageInspect>(),
  }),
  imagePush: operation({
    group, method: "POST", path: "/images/{name}/push", status: "later",
    query: { tag: text, platform: since(46, platformJson) },
    body: streamBody,
    reply: jsonLines<ProgressMessage>(),
  }),
  imageTag: operation({
    group, method: "POST", path: "/images/{name}/tag", status: "implemented", query: { repo: text, tag: text }, reply: empty, success: [201],
  }),
  distributionInspect: operation({
    group: "Distribution", method: "GET", path: "/distribution/{name}/json", since: 30, status: "later", reply: json<unknown>(),
  }),
} as const;
