import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { UnixDatagram } from "../../host/datagram/index.ts";
import { isSystemError } from "../../host/libc/index.ts";
import type { Poller } from "../../host/poll/index.ts";
import type { SyslogTarget, SyslogTls } from "./delivery-plan.ts";

/** Takes messages, each whole. */
export interface MessageSink extends Disposable {
  /** Resolves when the kernel has taken it. @throws the system's error when there is no way any more */
  send(message: Uint8Array): Promise<void>;
}

/** Where a machine's own syslog may be. */
const localSockets = ["/dev/log", "/var/run/syslog", "/var/run/log"];

/** @throws EngineError `unavailable` that says what was tried, or the system's error */
export async function connectSyslog(target: SyslogTarget, poller: Poller): Promise<MessageSink> {
  switch (target.kind) {
    case "unix": return await connectLocal(target, poller);
    case "udp": return await connectUdp(target.host, target.port);
    case "tcp": return await connectStream({ hostname: target.host, port: target.port }, `tcp ${target.host}:${target.port}`);
    case "tls":
      return await connectStream({ hostname: target.host, port: target.port, tls: tlsOptions(target.tls, target.host) }, `tcp+tls ${target.host}:${target.port}`);
  }
}

async function connectLocal({ path, datagrams }: SyslogTarget & { readonly kind: "unix" }, poller: Poller): Promise<MessageSink> {
  for (const each of path === undefined ? localSockets : [path]) {
    try {
      return UnixDatagram.connect(each, poller);
    } catch (error) {
      if (isSystemError(error, "EPROTOTYPE") && datagrams === "first") return await connectStream({ unix: each }, `unix ${each}`);
      if (path !== undefined) throw error;
    }
  }
  throw new EngineError("unavailable", "Unix syslog delivery error", { hint: `nobody listens at ${localSockets.join(", ")}; --log-opt syslog-address=… names another syslog` });
}

async function connectUdp(host: string, port: number): Promise<MessageSink> {
  const { address } = await lookup(host);
  const socket = await Bun.udpSocket({
    connect: { hostname: address, port },
    // Where nobody listens the kernel tells it, some time after a datagram was sent: it is lost, as any datagram may be.
    // Without somebody to take it the error would end the engine.
    socket: { error: () => undefined },
  });
  return {
    send: async (message) => {
      // A queue that is full is one of the things for which a datagram is lost.
      socket.send(message);
      await Promise.resolve();
    },
    [Symbol.dispose]: () => { socket.close(); },
  };
}

function tlsOptions({ authority, certificate, key, verifies }: SyslogTls, host: string): Bun.TLSOptions & { readonly rejectUnauthorized: boolean } {
  return {
    rejectUnauthorized: verifies,
    serverName: host,
    ...(authority === "" ? {} : { ca: readPem(authority) }),
    ...(certificate === "" ? {} : { cert: readPem(certificate) }),
    ...(key === "" ? {} : { key: readPem(key) }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new EngineError("invalid-argument", `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

type StreamAddress = { readonly unix: string } | { readonly hostname: string; readonly port: number; readonly tls?: Bun.TLSOptions & { readonly rejectUnauthorized: boolean } };

async function connectStream(address: StreamAddress, what: string): Promise<MessageSink> {
  const stream = new MessageStream(what, "tls" in address && !address.tls.rejectUnauthorized);
  try {
    if ("unix" in address) await Bun.connect({ unix: address.unix, socket: stream.handler });
    else await Bun.connect({ ...address, socket: stream.handler });
    if ("tls" in address) await stream.secured;
  } catch (cause) {
    stream[Symbol.dispose]();
    throw new EngineError("unavailable", `dial ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return stream;
}

class MessageStream implements MessageSink {
  readonly #what: string;
  readonly #believesAny: boolean;
  readonly #secured = Promise.withResolvers<undefined>();
  #socket: Bun.Socket<unknown> | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(what: string, believesAny: boolean) {
    this.#what = what;
    this.#believesAny = believesAny;
    // Nobody waits for it on a plain connection.
    this.#secured.promise.catch(() => undefined);
  }

  get secured(): Promise<undefined> {
    return this.#secured.promise;
  }

  readonly handler: Bun.SocketHandler = {
    open: (socket) => { this.#socket = socket; },
    data: () => undefined,
    drain: () => { this.#wake(); },
    end: () => { this.#fail(new Error("the other end closed the connection")); },
    close: (_, error) => { this.#fail(error ?? new Error("the connection is closed")); },
    error: (_, error) => { this.#fail(error); },
    handshake: (_, succeeded, error) => {
      if (succeeded && (error === null || this.#believesAny)) this.#secured.resolve(undefined);
      else this.#fail(error ?? new Error("the TLS handshake failed"));
    },
  };

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#secured.reject(this.#failure);
    this.#wake();
  }

  async send(message: Uint8Array): Promise<void> {
    for (let done = 0; done < message.length; ) {
      this.#refuseBroken();
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => { resolve(undefined); };
      const written = this.#socket?.write(message.subarray(done)) ?? -1;
      if (written < 0) this.#fail(new Error("the connection is closed"));
      else done += written;
      if (done < message.length) await promise;
    }
  }

  #refuseBroken(): void {
    if (this.#failure !== undefined) throw new EngineError("unavailable", `send to ${this.#what}: ${this.#failure.message}`, { cause: this.#failure });
  }

  [Symbol.dispose](): void {
    // What the kernel has taken is still sent.
    this.#socket?.end();
  }
}
