import { noSwarm, replyWithBytes } from "../reply/index.ts";
import { replied, type Handlers } from "./call.ts";

type Name =
  | "volumeList" | "volumeCreate" | "volumeInspect" | "volumeDelete" | "volumePrune" | "volumeRename" | "volumeClone" | "volumeExport" | "volumeImport";

export const volumeHandlers: Handlers<Name> = {
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
  volumeRename: async ({ backend, path, query, signal }) => {
    await backend.volumes.rename(path.name, query.name, signal);
    return undefined;
  },
  volumeClone: ({ backend, path, body, signal }) => backend.volumes.clone(path.name, body, signal),
  volumeExport: async ({ backend, path, exchange, signal }) => {
    await replyWithBytes(exchange, await backend.volumes.export(path.name, signal), { "Content-Type": "application/x-tar" });
    return replied;
  },
  volumeImport: ({ backend, path, exchange, signal }) => backend.volumes.import(path.name, exchange.body, signal),
  /** Before 1.42 named volumes went as well. */
  volumePrune: ({ backend, query, version, signal }) => {
    const filters = version < 42 ? new Map(query.filters).set("all", ["true"]) : query.filters;
    return backend.volumes.prune(filters, signal);
  },
};
