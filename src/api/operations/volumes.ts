import { volumeCloneBody, volumeCreateBody } from "../bodies/index.ts";
import type { Volume, VolumeListReply, VolumePruneReply } from "../types/index.ts";
import { volumeFilters, volumePruneFilters } from "./filter-parameters.ts";
import { empty, json, jsonBody, operation, streamBody, tar } from "./operation.ts";
import { flag, integer, required, since, text } from "./parameter.ts";

const group = "Volume";

export const volumeOperations = {
  volumeList: operation({
    group, method: "GET", path: "/volumes", status: "implemented", query: { filters: volumeFilters }, reply: json<VolumeListReply>(),
  }),
  volumeCreate: operation({
    group, method: "POST", path: "/volumes/create", status: "implemented",
    body: jsonBody(volumeCreateBody),
    reply: json<Volume>(),
    success: [201],
  }),
  volumePrune: operation({
    group, method: "POST", path: "/volumes/prune", since: 25, status: "implemented",
    query: { filters: volumePruneFilters },
    reply: json<VolumePruneReply>(),
  }),
  volumeDelete: operation({
    group, method: "DELETE", path: "/volumes/{name}", status: "implemented", query: { force: since(25, flag) }, reply: empty,
  }),
  volumeInspect: operation({ group, method: "GET", path: "/volumes/{name}", status: "implemented", reply: json<Volume>() }),
  /** Wharf's own, as the three that follow: gives a volume that no container has another name. */
  volumeRename: operation({ group, method: "POST", path: "/volumes/{name}/rename", status: "implemented", query: { name: required(text) }, reply: empty }),
  /** A new volume with the content of another, which goes on being used meanwhile. */
  volumeClone: operation({
    group, method: "POST", path: "/volumes/{name}/clone", status: "implemented",
    body: jsonBody(volumeCloneBody),
    reply: json<Volume>(),
    success: [201],
  }),
  /** A volume's content as a tar archive. */
  volumeExport: operation({ group, method: "GET", path: "/volumes/{name}/export", status: "implemented", reply: tar }),
  /** Extracts a tar archive, also a compressed one, into a volume, which is made where it is missing. */
  volumeImport: operation({ group, method: "POST", path: "/volumes/{name}/import", status: "implemented", body: streamBody, reply: json<Volume>() }),
  /** Only volumes of a cluster can be changed. */
  volumeUpdate: operation({
    group, method: "PUT", path: "/volumes/{name}", since: 42, status: "swarm",
    query: { version: required(integer(0, 2 ** 53)) },
    body: streamBody,
    reply: empty,
    success: [200],
  }),
} as const;
