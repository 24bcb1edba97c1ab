import type { ContainerPathStat } from "../../../api/types/index.ts";
import { commonHeaders, replyWithBytes } from "../reply/index.ts";
import { replied, type Handlers } from "./call.ts";

type Name = "containerArchive" | "containerArchiveInfo" | "putContainerArchive" | "containerChanges" | "containerExport" | "imageCommit";

export const containerFileHandlers: Handlers<Name> = {
  containerArchiveInfo: async ({ backend, path, query, exchange, signal }) => {
    await exchange.reply(200, { ...commonHeaders, ...statHeader(await backend.files.stat(path.id, query.path, signal)) });
    return replied;
  },
  containerArchive: async ({ backend, path, query, exchange, signal }) => {
    await using archive = await backend.files.archive(path.id, query.path, signal);
    await replyWithBytes(exchange, archive.content, { ...statHeader(archive.stat), "Content-Type": "application/x-tar" });
    return replied;
  },
  /** Before the reply the archive is read to its end: the client sends it all. */
  putContainerArchive: async ({ backend, path, query, exchange, signal }) => {
    const { path: folder, noOverwriteDirNonDir, copyUIDGID: copyUidGid } = query;
    await backend.files.extract(path.id, exchange.body, { path: folder, noOverwriteDirNonDir, copyUidGid }, signal);
    await exchange.reply(200, commonHeaders);
    return replied;
  },
  containerChanges: ({ backend, path, signal }) => backend.files.changes(path.id, signal),
  containerExport: async ({ backend, path, exchange, signal }) => {
    await using archive = await backend.files.export(path.id, signal);
    await replyWithBytes(exchange, archive.content, { "Content-Type": "application/octet-stream" });
    return replied;
  },
  imageCommit: async ({ backend, query, body, signal }) => {
    const { container, repo, tag, comment, author, pause, changes } = query;
    const options = {
      pause, changes,
      ...(repo === undefined ? {} : { repository: repo }),
      ...(tag === undefined ? {} : { tag }),
      ...(comment === undefined ? {} : { comment }),
      ...(author === undefined ? {} : { author }),
      ...(body === undefined ? {} : { config: body }),
    };
    return { Id: await backend.files.commit(container, options, signal) };
  },
};

function statHeader(stat: ContainerPathStat): Readonly<Record<string, string>> {
  return { "X-Docker-Container-Path-Stat": Buffer.from(JSON.stringify(stat)).toString("base64") };
}
