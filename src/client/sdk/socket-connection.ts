import { EngineError } from "../../base/index.ts";
import type { Connection, TlsSettings } from "./connection.ts";

export type SocketTarget =
  | { readonly unix: string }
  | { readonly hostname: string; readonly port: number; readonly tls?: TlsSettings };

/** Bytes that wait here unread before the engine is made to wait. */
const highWater = 1 << 20;

/**
 * Connects with Bun's own sockets: node:net takes 10 ms to load, which is more than all else that a short command does.
 * @throws the system's error, with its `code`.
 */
export async function connectSocket(target: SocketTarget, signal?: AbortSignal): Promise<Connection> {
  signal?.throwIfAborted();
  const connection = new SocketConnection({ believesAny: "tls" in target && !target.tls.verifies });
  const options = { allowHalfOpen: true, socket: connection.handler } as const;
  if ("unix" in target) {
    await Bun.connect({ unix: target.unix, ...options });
  } else {
    const { hostname, port, tls } = target;
    await Bun.connect({ hostname, port, ...options, ...(tls === undefined ? {} : { tls: bunTls(tls, hostname) }) });
    if (tls !== undefined) await connection.secured;
  }
  connection.closeOn(signal);
  return connection;
}

function bunTls(tls: TlsSettings, hostname: string): Bun.TLSOptions & { readonly rejectUnauthorized: boolean } {
  return {
    rejectUnauthorized: tls.verifies,
    serverName: hostname,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}

class SocketConnection implements Connection {
  #socket: Bun.Socket<unknown> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #isPaused = false;
  #isOver = false;
  #isResting = false;
  #failure: Error | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;
  readonly #secured = Promise.withResolvers<undefined>();

  readonly #believesAny: boolean;

  /** @param options `believesAny`: a certificate that cannot be verified is told as an error all the same, and taken */
  constructor(options: { readonly believesAny: boolean }) {
    this.#believesAny = options.believesAny;
    // Nobody waits for it on a plain connection.
    this.#secured.promise.catch(() => undefined);
  }

  get secured(): Promise<undefined> {
    return this.#secured.promise;
  }

  readonly handler: Bun.SocketHandler = {
    open: (socket) => { this.#socket = socket; },
    data: (socket, bytes) => {
      this.#chunks.push(bytes);
      this.#waiting += bytes.length;
      if (this.#waiting > highWater && !this.#isPaused) {
        this.#isPaused = true;
        socket.pause();
      }
      this.#wakeReader?.();
    },
    drain: () => this.#wakeWriter?.(),
    end: () => { this.#over(); },
    close: (_, error) => { this.#over(error ?? undefined); },
    error: (_, error) => { this.#over(error); },
    handshake: (_, succeeded, error) => {
      if (succeeded && (error === null || this.#believesAny)) this.#secured.resolve(undefined);
      else this.#fail(error ?? new Error("TLS handshake failed"));
    },
  };

  #fail(error: Error): void {
    this.#over(error);
    this.close();
  }

  #over(error?: Error): void {
    this.#failure ??= error;
    this.#isOver = true;
    this.#secured.reject(this.#failure ?? new Error("connection closed"));
    this.#wakeReader?.();
    this.#wakeWriter?.();
    if (this.#isResting) this.close();
  }

  closeOn(signal: AbortSignal | undefined): void {
    const abort = (): void => {
      this.#over(new EngineError("cancelled", "the request was cancelled", { cause: signal?.reason }));
      this.close();
    };
    // It may have come while the connection was made.
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#chunks.shift();
      if (bytes !== undefined) {
        this.#waiting -= bytes.length;
        if (this.#isPaused && this.#waiting < highWater / 2) {
          this.#isPaused = false;
          this.#socket?.resume();
        }
        return bytes;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isOver) return undefined;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wakeReader = () => { resolve(undefined); };
      await promise;
      this.#wakeReader = undefined;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#isResting = false;
    let done = 0;
    while (done < bytes.length) {
      if (this.#failure !== undefined) throw this.#failure;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wakeWriter = () => { resolve(undefined); };
      const written = this.#socket?.write(done === 0 ? bytes : bytes.subarray(done)) ?? -1;
      if (written < 0) throw new EngineError("unavailable", "the engine closed the connection");
      done += written;
      if (done < bytes.length && !this.#isOver) await promise;
      this.#wakeWriter = undefined;
    }
  }

  endWriting(): void {
    this.#socket?.shutdown();
  }

  rest(): void {
    this.#isResting = true;
    if (this.#isOver) this.close();
  }

  close(): void {
    this.#socket?.terminate();
  }
}
