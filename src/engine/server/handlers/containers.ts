import { EngineError } from "../../../base/index.ts";
import type { ContainerAttachOptions, ContainerStopOptions } from "../../../api/types/index.ts";
import { replied, type Handlers } from "./call.ts";
import { replyWithLogs } from "./logs.ts";
import { commonHeaders, hijack, jsonLine, startJsonLines } from "../reply/index.ts";
import { attachWebSocket, requireWebSocket } from "../websocket/index.ts";
import { containerCreateRequest, containerInspectReply, containerListReply } from "../shapes/index.ts";

type Name =
  | "containerCreate" | "containerList" | "containerInspect" | "containerStart" | "containerStop" | "containerRestart" | "containerKill"
  | "containerWait" | "containerDelete" | "containerRename" | "containerLogs" | "containerAttach" | "containerAttachWebsocket" | "containerResize"
  | "containerPause" | "containerUnpause" | "containerTop" | "containerStats" | "containerUpdate" | "containerPrune" | "containerReach";

export const containerHandlers: Handlers<Name> = {
  containerCreate: ({ backend, query, body, version, signal }) => {
    const { name, platform } = query;
    const request = {
      body: containerCreateRequest(body, version),
      ...(name === undefined ? {} : { name: name.replace(/^\//, "") }),
      ...(platform === undefined ? {} : { platform }),
    };
    return backend.containers.create(request, signal);
  },
  containerList: async ({ backend, query, version, signal }) => {
    const { all, size, filters, limit = 0 } = query;
    const rows = await backend.containers.list({ all, size, filters, ...(limit > 0 ? { limit } : {}) }, signal);
    return containerListReply(rows, version);
  },
  containerInspect: async ({ backend, path, query, version, signal }) =>
    containerInspectReply(await backend.containers.inspect(path.id, query, signal), version),
  containerStart: async ({ backend, path, query, signal }) => {
    await backend.containers.start(path.id, query.detachKeys === undefined ? {} : { detachKeys: query.detachKeys }, signal);
    return undefined;
  },
  containerStop: async ({ backend, path, query, signal }) => {
    await backend.containers.stop(path.id, stopOptions(query), signal);
    return undefined;
  },
  containerRestart: async ({ backend, path, query, signal }) => {
    await backend.containers.restart(path.id, stopOptions(query), signal);
    return undefined;
  },
  containerKill: async ({ backend, path, query, signal }) => {
    await backend.containers.kill(path.id, { signal: query.signal ?? "SIGKILL" }, signal);
    return undefined;
  },
  containerDelete: async ({ backend, path, query, signal }) => {
    await backend.containers.remove(path.id, { force: query.force, volumes: query.v, link: query.link }, signal);
    return undefined;
  },
  containerRename: async ({ backend, path, query, signal }) => {
    await backend.containers.rename(path.id, (query.name ?? "").replace(/^\//, ""), signal);
    return undefined;
  },
  containerResize: async ({ backend, path, query, signal }) => {
    await backend.containers.resize(path.id, { height: query.h, width: query.w }, signal);
    return undefined;
  },
  containerPause: async ({ backend, path, signal }) => {
    await backend.containers.pause(path.id, signal);
    return undefined;
  },
  containerUnpause: async ({ backend, path, signal }) => {
    await backend.containers.unpause(path.id, signal);
    return undefined;
  },
  containerPrune: ({ backend, query, signal }) => backend.containers.prune(query.filters, signal),
  containerUpdate: ({ backend, path, body, signal }) => backend.containers.update(path.id, body, signal),
  containerReach: ({ backend, path, signal }) => backend.containers.reach(path.id, signal),
  containerTop: ({ backend, path, query, signal }) => backend.containers.top(path.id, query.ps_args ?? "", signal),
  containerStats: async ({ backend, path, query, exchange, endless }) => {
    const samples = await backend.containers.stats(path.id, { stream: query.stream, oneShot: query["one-shot"] }, endless);
    const lines = await startJsonLines(exchange);
    for await (const sample of samples) await lines.write(jsonLine(sample));
    await lines.end();
    return replied;
  },
  /** The headers say that the wait is registered; the client may start the container then. */
  containerWait: async ({ backend, path, query, exchange, endless }) => {
    const { exit } = await backend.containers.wait(path.id, { condition: query.condition ?? "not-running" }, endless);
    const stream = await exchange.stream(200, { ...commonHeaders, "Content-Type": "application/json" });
    await stream.write(Buffer.from(`${JSON.stringify(await exit)}\n`));
    await stream.end();
    return replied;
  },
  containerLogs: async (call) => {
    const { follow, stdout, stderr, timestamps, details, tail, since, until } = call.query;
    if (!stdout && !stderr) throw new EngineError("invalid-argument", "Bad parameters: you must choose at least one stream");
    const options = {
      follow, stdout, stderr, timestamps, details,
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    const log = await call.backend.containers.logs(call.path.id, options, call.endless);
    await replyWithLogs(log, call);
    return replied;
  },
  containerAttach: async ({ backend, path, query, exchange, version, endless }) => {
    const { detachKeys, ...switches } = query;
    const options: ContainerAttachOptions = { ...switches, ...(detachKeys === undefined ? {} : { detachKeys }) };
    await using attachment = await backend.containers.attach(path.id, options, endless);
    await hijack({ exchange, attachment, wantsStdin: query.stdin, namesMultiplexed: version >= 42, signal: endless });
    return replied;
  },
  containerAttachWebsocket: async ({ backend, path, query, exchange, version, endless }) => {
    requireWebSocket(exchange);
    const { detachKeys, ...switches } = query;
    // Before 1.42 no stream could be chosen: it was all of them.
    const streams = version >= 42 ? {} : { stdin: true, stdout: true, stderr: true };
    const options: ContainerAttachOptions = { ...switches, ...streams, ...(detachKeys === undefined ? {} : { detachKeys }) };
    await using attachment = await backend.containers.attach(path.id, options, endless);
    await attachWebSocket({ exchange, attachment, wantsStdin: options.stdin, signal: endless });
    return replied;
  },
};

function stopOptions(query: { readonly signal: string | undefined; readonly t: number | undefined }): ContainerStopOptions {
  const { signal, t } = query;
  return { ...(signal === undefined ? {} : { signal }), ...(t === undefined ? {} : { timeout: t }) };
}
