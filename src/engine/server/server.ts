import { isIP } from "node:net";
import { rmSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import type { Backend } from "./backend/index.ts";
import { dispatch } from "./dispatch.ts";
import { HttpListener, type HttpLimits, type ListenTarget, type TlsIdentity } from "./http/index.ts";
import type { ServerLog } from "./log.ts";
import { makeRouter } from "./router.ts";
import { bindPrivately, selectSockets, socketFamily, type ActivatedSocket, type ListenAddress } from "./socket/index.ts";

export interface ServerOptions {
  readonly backend: Backend;
  readonly log: ServerLog;
  /** Mutual TLS for every TCP address; its `clientAuthority` has to be there. */
  readonly tls?: TlsIdentity;
  /** Plain TCP is allowed on loopback addresses. Whoever reaches it is root on this machine. */
  readonly allowsPlainTcp?: boolean;
  /** What systemd handed over, for fd:// addresses. */
  readonly activated?: readonly ActivatedSocket[];
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
    for (const target of address.kind === "tcp" ? [this.tcpTarget(address)] : this.activatedTargets(address.socket)) {
      this.listeners.push(this.open(target));
    }
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

  private tcpTarget(address: Extract<ListenAddress, { kind: "tcp" }>): ListenTarget {
    const tls = this.tcpIdentity(isLoopback(address.hostname), `tcp://${address.hostname}:${address.port}`);
    return { ...address, ...(tls === undefined ? {} : { tls }) };
  }

  private activatedTargets(wanted: string): ListenTarget[] {
    return selectSockets(this.options.activated ?? [], wanted).map(({ descriptor }) => {
      const family = socketFamily(descriptor);
      if (family === "unix") return { kind: "descriptor", descriptor, isUnix: true };
      const tls = this.tcpIdentity(family === "loopback", `the socket that systemd handed over as ${descriptor}`);
      return { kind: "descriptor", descriptor, isUnix: false, ...(tls === undefined ? {} : { tls }) };
    });
  }

  private tcpIdentity(isLocal: boolean, where: string): TlsIdentity | undefined {
    const { tls, allowsPlainTcp } = this.options;
    if (tls !== undefined) {
      if (tls.clientAuthority === undefined) throw new EngineError("invalid-argument", "TLS needs an authority that clients' certificates are checked against", { hint: "give --tlscacert" });
      return tls;
    }
    if (isLocal && allowsPlainTcp === true) return undefined;
    throw new EngineError("forbidden", `refusing to listen on ${where} without TLS: whoever reaches it is root on this machine`, {
      hint: isLocal ? "use --tlsverify with certificates, or --allow-plain-tcp on a machine of your own" : "use --tlsverify with certificates",
    });
  }
}

function isLoopback(hostname: string): boolean {
  if (isIP(hostname) === 4) return hostname.startsWith("127.");
  return hostname === "localhost" || hostname === "::1";
}

function describe(target: ListenTarget): string {
  if (target.kind === "unix") return target.path;
  return target.kind === "tcp" ? `${target.hostname}:${target.port}` : `descriptor ${target.descriptor}`;
}
