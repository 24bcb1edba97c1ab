import { EngineError } from "../../base/index.ts";
import type { Backend } from "./backend/index.ts";
import { decodeBody, decodeQuery } from "./decode-request.ts";
import { handlerOf, replied, type AnyCall } from "./handlers/index.ts";
import type { Exchange } from "./http/index.ts";
import { HttpRefusal } from "./http/index.ts";
import type { ServerLog } from "./log.ts";
import { commonHeaders, errorReply, noSwarm } from "./reply/index.ts";
import type { Route, Router } from "./router.ts";
import { OlderShape } from "./shapes/index.ts";

export interface DispatchOptions {
  readonly router: Router;
  readonly backend: Backend;
  readonly log: ServerLog;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

const jsonHeaders = { ...commonHeaders, "Content-Type": "application/json" };

/** One request from its head to its reply: find the operation, decode, call, encode. Throws nothing but a broken connection. */
export async function dispatch(exchange: Exchange, options: DispatchOptions): Promise<void> {
  const began = performance.now();
  let label = exchange.head.method;
  let status = 0;
  try {
    const route = options.router(exchange.head.method, exchange.head.target);
    label = `${route.operation.method} ${route.operation.path}`;
    status = await answer(exchange, route, options);
  } catch (error) {
    status = await replyWithError(exchange, error, { label, log: options.log });
  }
  options.log.debug(`${label} ${status} ${Math.round((performance.now() - began) * 10) / 10} ms`);
}

async function answer(exchange: Exchange, route: Route, options: DispatchOptions): Promise<number> {
  const { operation, name, version } = route;
  const handler = handlerOf(name);
  if (handler === undefined) throw notAnswered(route);
  const call: AnyCall = {
    path: route.path,
    query: decodeQuery(operation.query, route.query, version),
    body: await decodeBody(operation, exchange),
    version,
    backend: options.backend,
    exchange,
    signal: exchange.signal,
    get endless() {
      return AbortSignal.any([exchange.signal, options.stopping]);
    },
  };
  const result = await handler(call);
  if (result === replied) return 200;
  const status = operation.success[0] ?? 200;
  if (operation.reply.kind === "empty") await exchange.reply(status, commonHeaders);
  else await exchange.reply(status, jsonHeaders, `${JSON.stringify(result instanceof OlderShape ? result.value : result)}\n`);
  return status;
}

function notAnswered({ operation }: Route): EngineError {
  if (operation.status === "swarm") {
    return noSwarm();
  }
  return new EngineError("unsupported", `${operation.method} ${operation.path} is not supported by this engine yet`);
}

async function replyWithError(exchange: Exchange, error: unknown, { label, log }: { label: string; log: ServerLog }): Promise<number> {
  if (exchange.signal.aborted) return 499;
  const { status, body } = error instanceof HttpRefusal ? { status: error.status, body: { message: error.message } } : errorReply(error);
  if (status === 500) log.error(`${label} failed`, error);
  if (exchange.outcome !== "unanswered") return status;
  if (status === 304) await exchange.reply(status, commonHeaders);
  else await exchange.reply(status, jsonHeaders, `${JSON.stringify(body)}\n`);
  return status;
}
