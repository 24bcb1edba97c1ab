import type { Socket, SocketHandler, SocketListener, TLSOptions } from "bun";
import { Connection, type ExchangeHandler } from "./connection.ts";
import { Duplex } from "./duplex.ts";
import { defaultLimits, type HttpLimits } from "./limits.ts";

/** Where the server listens. A descriptor is a listening socket that was handed over, such as systemd's. */
export type ListenTarget =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number; readonly tls?: TlsIdentity }
  | { readonly kind: "descriptor"; readonly descriptor: number; readonly isUnix: boolean; readonly tls?: TlsIdentity };

/** PEM texts. With `clientAuthority` every client has to show a certificate that it signed. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthority?: string;
}

export interface ListenOptions {
  readonly handle: ExchangeHandler;
  /** What a handler let through; its connection is closed already. */
  readonly onError: (error: unknown) => void;
  readonly limits?: Partial<HttpLimits>;
}

/** Serves HTTP/1.1 on one listening socket. A unix socket is made with the process's umask. */
export class HttpListener {
  /** The bound port; undefined on unix sockets. */
  readonly port: number | undefined;
  private readonly connections = new Set<Connection>();
  private readonly listener: SocketListener<Connection>;
  private readonly options: ListenOptions;
  private readonly limits: HttpLimits;
  private readonly isUnix: boolean;
  private readonly watch: NodeJS.Timeout;
  private readonly emptied = Promise.withResolvers<undefined>();
  private isStopped = false;

  constructor(target: ListenTarget, options: ListenOptions) {
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    this.isUnix = target.kind === "unix" || (target.kind === "descriptor" && target.isUnix);
    this.listener = listen(target, this.handlers());
    this.port = "port" in this.listener && typeof this.listener.port === "number" ? this.listener.port : undefined;
    this.watch = setInterval(() => { this.refuseSlow(); }, Math.min(this.limits.headTime, 5_000));
    this.watch.unref();
  }

  get size(): number {
    return this.connections.size;
  }

  /** Accepts nothing more; resolves when every exchange that runs has ended and its connection is closed. */
  async stop(): Promise<void> {
    this.close(false);
    await Promise.all([...this.connections].map((connection) => connection.stop()));
    if (this.connections.size > 0) await this.emptied.promise;
  }

  /** Drops every connection. */
  destroy(): void {
    this.close(true);
    for (const connection of this.connections) connection.duplex.destroy();
  }

  private close(active: boolean): void {
    this.isStopped = true;
    clearInterval(this.watch);
    this.listener.stop(active);
  }

  private handlers(): SocketHandler<Connection> {
    return {
      open: (socket) => { this.open(socket); },
      data: (socket, chunk) => {
        socket.data.duplex.onData(chunk);
        this.serve(socket.data);
      },
      drain: (socket) => { socket.data.duplex.onDrain(); },
      end: (socket) => {
        socket.data.onInputEnd();
        this.serve(socket.data);
      },
      close: (socket) => { this.forget(socket.data); },
      // The close that follows says all that matters; a client's reset is no error of ours.
      error: () => undefined,
    };
  }

  private open(socket: Socket<Connection>): void {
    const duplex = new Duplex(socket, this.limits.unread);
    const connection = new Connection(duplex, this.options.handle, { limits: this.limits, isReliable: this.isUnix });
    socket.data = connection;
    this.connections.add(connection);
    if (!this.isUnix) socket.setKeepAlive(true, 15_000);
    if (this.isStopped) duplex.destroy();
  }

  private forget(connection: Connection): void {
    connection.duplex.onClose();
    this.connections.delete(connection);
    if (this.isStopped && this.connections.size === 0) this.emptied.resolve(undefined);
  }

  private serve(connection: Connection): void {
    connection.serve().catch(this.options.onError);
  }

  private refuseSlow(): void {
    const latest = performance.now() - this.limits.headTime;
    for (const connection of this.connections) {
      if (connection.headBegan === undefined || connection.headBegan > latest) continue;
      connection.timeOut().catch(this.options.onError);
    }
  }
}

function listen(target: ListenTarget, socket: SocketHandler<Connection>): SocketListener<Connection> {
  const shared = { socket, allowHalfOpen: true };
  if (target.kind === "unix") return Bun.listen<Connection>({ ...shared, unix: target.path });
  const tls = target.tls === undefined ? {} : { tls: tlsOptions(target.tls) };
  if (target.kind === "tcp") return Bun.listen<Connection>({ ...shared, ...tls, hostname: target.hostname, port: target.port });
  // Bun takes a listening descriptor in place of an address, which its types do not tell.
  const handedOver = { ...shared, ...tls, fd: target.descriptor, hostname: "", port: 0 };
  return Bun.listen<Connection>(handedOver);
}

function tlsOptions(identity: TlsIdentity): TLSOptions {
  const { certificate, key, clientAuthority } = identity;
  const mutual = clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
  return { cert: certificate, key, ...mutual };
}
