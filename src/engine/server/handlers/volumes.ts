import type { Handlers } from "./call.ts";
import { noSwarm } from "../reply/index.ts";

export const volumeHandlers: Handlers<"volumeList" | "volumeCreate" | "volumeInspect" | "volumeDelete" | "volumePrune"> = {
  volumeList: ({ backend, query, signal }) => backend.volumes.list(query.filters, signal),
  volumeCreate: ({ backend, body, signal }) => {
    if (body.ClusterVolumeSpec !== undefined) throw noSwarm();
    return backend.volumes.create(body, signal);
  },
  volumeInspect: ({ backend, path, signal }) => backend.volumes.inspect(path.name, signal),
  volumeDelete: async ({ backend, path, query, signal }) => {
    await backend.volumes.remove(path.name, query, signal);
    return undefined;
  },
  /** Before 1.42 named volumes went as well. */
  volumePrune: ({ backend, query, version, signal }) => {
    const filters = version < 42 ? new Map(query.filters).set("all", ["true"]) : query.filters;
    return backend.volumes.prune(filters, signal);
  },
};
