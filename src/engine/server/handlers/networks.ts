import { networkInspectReply, networkListReply } from "../shapes/index.ts";
import type { Handlers } from "./call.ts";

export const networkHandlers: Handlers<"networkList" | "networkInspect"> = {
  networkList: async ({ backend, query, version, signal }) => networkListReply(await backend.networks.list(query.filters, signal), version),
  networkInspect: async ({ backend, path, query, version, signal }) => {
    const { verbose, scope } = query;
    const network = await backend.networks.inspect(path.id, { verbose, ...(scope === undefined ? {} : { scope }) }, signal);
    return networkInspectReply(network, version);
  },
};
