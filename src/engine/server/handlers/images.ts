import { EngineError } from "../../../base/index.ts";
import { replied, type Handlers } from "./call.ts";
import { replyWithBytes, replyWithProgress } from "../reply/index.ts";
import { imageInspectReply, imageListReply } from "../shapes/index.ts";

type Name =
  | "imageList" | "imageInspect" | "imageHistory" | "imageTag" | "imageDelete" | "imageLoad" | "imageGet" | "imageGetAll" | "imageCreate" | "imagePrune" | "buildPrune";

export const imageHandlers: Handlers<Name> = {
  imageList: async ({ backend, query, version, signal }) => {
    const { all, filter, manifests } = query;
    const filters = version < 41 && filter !== undefined ? new Map(query.filters).set("reference", [filter]) : query.filters;
    const rows = await backend.images.list({ all, filters, manifests, sharedSize: query["shared-size"] }, signal);
    return imageListReply(rows, version);
  },
  imageInspect: async ({ backend, path, query, version, signal }) => {
    const { manifests, platform } = query;
    if (manifests && platform !== undefined) throw new EngineError("invalid-argument", "conflicting options: manifests and platform options cannot both be set");
    const image = await backend.images.inspect(path.name, { manifests, ...(platform === undefined ? {} : { platform }) }, signal);
    return imageInspectReply(image, version);
  },
  imageHistory: ({ backend, path, query, signal }) =>
    backend.images.history(path.name, query.platform === undefined ? {} : { platform: query.platform }, signal),
  imageTag: async ({ backend, path, query, signal }) => {
    const { repo, tag } = query;
    if (repo === undefined) throw new EngineError("invalid-argument", "invalid reference format");
    await backend.images.tag(path.name, { repository: repo, ...(tag === undefined ? {} : { tag }) }, signal);
    return undefined;
  },
  imageDelete: ({ backend, path, query, signal }) =>
    backend.images.remove(path.name, { force: query.force, noPrune: query.noprune, platforms: query.platforms }, signal),
  /** What was built is images and nothing else: there is no cache beside them. */
  buildPrune: () => Promise.resolve({ CachesDeleted: null, SpaceReclaimed: 0 }),
  imagePrune: ({ backend, query, signal }) => backend.images.prune(query.filters, signal),
  imageLoad: async ({ backend, query, exchange, signal }) => {
    const { quiet, platform } = query;
    await replyWithProgress(exchange, (progress) =>
      backend.images.load(exchange.body, { quiet, progress, ...(platform === undefined ? {} : { platform }) }, signal));
    return replied;
  },
  imageGet: async ({ backend, path, query, exchange, signal }) => {
    const options = query.platform === undefined ? {} : { platform: query.platform };
    await replyWithBytes(exchange, await backend.images.save([path.name], options, signal), archive);
    return replied;
  },
  imageGetAll: async ({ backend, query, exchange, signal }) => {
    if (query.names.length === 0) throw new EngineError("invalid-argument", "missing parameter names");
    const options = query.platform === undefined ? {} : { platform: query.platform };
    await replyWithBytes(exchange, await backend.images.save(query.names, options, signal), archive);
    return replied;
  },
  imageCreate: async ({ backend, query, exchange, signal }) => {
    const { fromImage, fromSrc, repo, tag, message, changes, platform } = query;
    if (fromImage !== undefined) throw new EngineError("unsupported", "pulling images is not supported by this engine yet");
    if (fromSrc !== "-") throw new EngineError("unsupported", "importing from an address is not supported by this engine yet: send the archive and fromSrc=-");
    const options = {
      changes,
      ...(repo === undefined ? {} : { repository: repo }),
      ...(tag === undefined ? {} : { tag }),
      ...(message === undefined ? {} : { message }),
      ...(platform === undefined ? {} : { platform }),
    };
    await replyWithProgress(exchange, async (progress) => {
      await progress({ status: await backend.images.import(exchange.body, options, signal) });
    });
    return replied;
  },
};

const archive = { "Content-Type": "application/x-tar" };
