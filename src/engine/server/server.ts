import { rmSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import type { Backend } from "./backend/index.ts";
import { dispatch } from "./dispatch.ts";
import { HttpListener, type HttpLimits, type ListenTarget } from "./http/index.ts";
import { listenTargets, type ListenPolicy } from "./listen-targets.ts";
import type { ServerLog } from "./log.ts";
import { makeRouter } from "./router.ts";
import { bindPrivately, type ListenAddress } from "./socket/index.ts";

export interface ServerOptions extends ListenPolicy {
  readonly backend: Backend;
  readonly log: ServerLog;
  readonly limits?: Partial<HttpLimits>;
}

/** The engine's HTTP edge: the listening sockets and what runs on them. */
export class ApiServer {
  private readonly options: ServerOptions;
  private readonly listeners: HttpListener[] = [];
  private readonly socketPaths: string[] = [];
  private readonly stopping = new AbortController();
  private readonly router = makeRouter();

  constructor(options: ServerOptions) {
    this.options = options;
  }

  /** Ports of the TCP addresses, in the order they were given. */
  get ports(): readonly number[] {
    return this.listeners.flatMap(({ port }) => (port === undefined ? [] : [port]));
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.listeners.reduce((sum, { size }) => sum + size, 0);
  }

  /** Serves an address from now on. @throws EngineError what stands in the way */
  async listen(address: ListenAddress): Promise<void> {
    if (address.kind === "unix") {
      this.listeners.push(await bindPrivately(address.path, () => this.open(address)));
      this.socketPaths.push(address.path);
      return;
    }
    for (const target of listenTargets(address, this.options)) this.listeners.push(this.open(target));
  }

  /**
   * Accepts nothing more, ends streams that have no end of their own, and lets the rest finish within `grace`
   * milliseconds.
   */
  async stop(grace = 10_000): Promise<void> {
    this.stopping.abort(new EngineError("cancelled", "the engine is shutting down"));
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => { resolve(undefined); }, grace);
    await Promise.race([Promise.all(this.listeners.map((listener) => listener.stop())), late]);
    clearTimeout(timer);
    for (const listener of this.listeners) listener.destroy();
    for (const path of this.socketPaths) rmSync(path, { force: true });
  }

  private open(target: ListenTarget): HttpListener {
    const { backend, log, limits } = this.options;
    try {
      return new HttpListener(target, {
        handle: (exchange) => dispatch(exchange, { router: this.router, backend, log, stopping: this.stopping.signal }),
        onError: (error) => { log.error("a connection broke", error); },
        ...(limits === undefined ? {} : { limits }),
      });
    } catch (error) {
      throw new EngineError("unavailable", `cannot listen on ${describe(target)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function describe(target: ListenTarget): string {
  if (target.kind === "unix") return target.path;
  return target.kind === "tcp" ? `${target.hostname}:${target.port}` : `descriptor ${target.descriptor}`;
}
