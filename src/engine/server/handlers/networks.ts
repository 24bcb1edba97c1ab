import { networkInspectReply, networkListReply } from "../shapes/index.ts";
import type { Handlers } from "./call.ts";

export const networkHandlers: Handlers<
  "networkList" | "networkInspect" | "networkCreate" | "networkDelete" | "networkPrune" | "networkConnect" | "networkDisconnect"
> = {
  networkList: async ({ backend, query, version, signal }) => networkListReply(await backend.networks.list(query.filters, signal), version),
  networkInspect: async ({ backend, path, query, version, signal }) => {
    const { verbose, scope } = query;
    const network = await backend.networks.inspect(path.id, { verbose, ...(scope === undefined ? {} : { scope }) }, signal);
    return networkInspectReply(network, version);
  },
  networkCreate: ({ backend, body, signal }) => backend.networks.create(body, signal),
  networkDelete: async ({ backend, path, signal }) => {
    await backend.networks.remove(path.id, signal);
    return undefined;
  },
  networkConnect: async ({ backend, path, body, signal }) => {
    await backend.containers.connect(path.id, body, signal);
    return undefined;
  },
  networkDisconnect: async ({ backend, path, body, signal }) => {
    await backend.containers.disconnect(path.id, body, signal);
    return undefined;
  },
  networkPrune: ({ backend, query, signal }) => backend.networks.prune(query.filters, signal),
};
