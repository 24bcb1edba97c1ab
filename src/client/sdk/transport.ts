import { EngineError } from "../../base/index.ts";
import type { Connection, TlsSettings } from "./connection.ts";
import type { HostAddress } from "./host-address.ts";
import { formatRequestHead, parseResponseHead, type ResponseHead } from "./http-head.ts";
import { Input } from "./input.ts";
import { bodyChunks, framingOf } from "./response.ts";
import { connectSocket } from "./socket-connection.ts";

export interface TransportOptions {
  /** As it was given, for errors. */
  readonly host: string;
  readonly address: HostAddress;
  readonly tls?: TlsSettings;
  readonly userAgent: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when nobody listens, before the one other attempt. */
  readonly onAbsent?: () => Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Asks for the connection itself, after the body. */
  readonly upgrades?: boolean;
  /** Of a body that is streamed. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly head: ResponseHead;
  readonly body: AsyncIterable<Uint8Array>;
  /** The connection, for one that was upgraded; what is read from it has passed through `body`. */
  readonly connection: Connection;
  /** Gives the connection up where the body is not wanted to its end. */
  close(): void;
}

interface Line {
  readonly connection: Connection;
  readonly input: Input;
}

/** HTTP/1.1 to one engine. A connection is used again after a reply that was read to its end. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #idle: Line[] = [];

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async request(request: HttpRequest): Promise<HttpReply> {
    // A connection is closed by the signal that it was opened with.
    const idle = request.upgrades === true || request.signal !== undefined ? undefined : this.#idle.pop();
    if (idle === undefined) return await this.#exchange(await this.#connect(request.signal), request);
    try {
      return await this.#exchange(idle, request);
    } catch (error) {
      idle.connection.close();
      // The engine may close a connection between requests; nothing of this one was worked on then.
      if (idle.input.hasBegun || typeof request.body === "object" || request.signal?.aborted === true) throw error;
      return await this.#exchange(await this.#connect(request.signal), request);
    }
  }

  /** A connection of its own, on which nothing has been sent. */
  async dial(signal?: AbortSignal): Promise<Connection> {
    return (await this.#connect(signal)).connection;
  }

  close(): void {
    for (const line of this.#idle.splice(0)) line.connection.close();
  }

  async #connect(signal: AbortSignal | undefined): Promise<Line> {
    const { address, tls, onAbsent } = this.#options;
    const open = async (): Promise<Line> => {
      const connection = await openConnection(address, { ...(tls === undefined ? {} : { tls }), ...(signal === undefined ? {} : { signal }) });
      return { connection, input: new Input(connection) };
    };
    try {
      return await open();
    } catch (error) {
      if (onAbsent === undefined || !isAbsence(error)) throw connectError(this.#options, error);
    }
    await onAbsent();
    return await open().catch((error: unknown) => { throw connectError(this.#options, error); });
  }

  async #exchange(line: Line, request: HttpRequest): Promise<HttpReply> {
    const { connection, input } = line;
    input.begin();
    const head = { method: request.method, target: request.target, headers: this.#headers(request) };
    const text = formatRequestHead(head);
    const { body } = request;
    const isStreamed = typeof body === "object";
    await connection.write(Buffer.from(isStreamed ? text : text + (body ?? "")));
    // An engine that refuses a body answers before it is all there; that answer ends the sending.
    const source = isStreamed ? breakable(body, connection) : undefined;
    const sending = source === undefined ? undefined : sendChunks(connection, source.chunks);
    sending?.catch(() => undefined);
    const reply = await (source === undefined ? readHead(input) : Promise.race([readHead(input), source.failed]));
    if (sending !== undefined && reply.status < 300) await sending;
    const framing = reply.status === 101 || request.upgrades === true && reply.status === 200
      ? { kind: "until-close" } as const
      : framingOf(reply, request.method);
    return {
      head: reply,
      connection,
      body: this.#recycled(line, { chunks: bodyChunks(input, framing), isCallers: framing.kind === "until-close", isReusable: request.signal === undefined }),
      close: () => { connection.close(); },
    };
  }

  #headers(request: HttpRequest): Readonly<Record<string, string>> {
    const { address, userAgent, headers } = this.#options;
    const { body } = request;
    return {
      ...headers,
      Host: address.kind === "tcp" ? `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}` : "api.moby.localhost",
      "User-Agent": userAgent,
      ...(typeof body === "string" ? { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) } : {}),
      ...(typeof body === "object" ? { "Content-Type": request.contentType ?? "application/x-tar", "Transfer-Encoding": "chunked" } : {}),
      ...(body === undefined && request.method === "POST" ? { "Content-Length": "0" } : {}),
      ...(request.upgrades === true ? { Connection: "Upgrade", Upgrade: "tcp" } : {}),
      ...request.headers,
    };
  }

  #keep(line: Line): void {
    line.connection.rest();
    this.#idle.push(line);
  }

  async *#recycled(line: Line, from: { readonly chunks: AsyncIterable<Uint8Array>; readonly isCallers: boolean; readonly isReusable: boolean }): AsyncGenerator<Uint8Array, void, undefined> {
    let isWhole = false;
    try {
      yield* from.chunks;
      isWhole = true;
    } finally {
      // A stream that was taken over may still be written to.
      if (isWhole && !from.isCallers && from.isReusable) this.#keep(line);
      else if (!isWhole || !from.isCallers) line.connection.close();
    }
  }
}

async function openConnection(address: HostAddress, options: { readonly tls?: TlsSettings; readonly signal?: AbortSignal }): Promise<Connection> {
  switch (address.kind) {
    case "unix": return await connectSocket({ unix: address.path }, options.signal);
    case "tcp": return await connectSocket({ hostname: address.host, port: address.port, ...(options.tls === undefined ? {} : { tls: options.tls }) }, options.signal);
    case "ssh": {
      const { connectSsh } = await import("./ssh-connection.ts");
      return connectSsh(address, options.signal);
    }
  }
}

async function readHead(input: Input): Promise<ResponseHead> {
  for (;;) {
    const head = parseResponseHead(await input.until("\r\n\r\n"));
    if (head.status === 101 || head.status >= 200) return head;
  }
}

/** A body whose failure breaks the exchange off: an engine must not take half of it for the whole, nor a caller wait for its answer. */
function breakable(body: AsyncIterable<Uint8Array>, connection: Connection): { readonly chunks: AsyncIterable<Uint8Array>; readonly failed: Promise<never> } {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      reject(error);
      connection.close();
      throw error;
    }
  }
  return { chunks: chunks(), failed };
}

async function sendChunks(connection: Connection, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of body) {
    if (bytes.length === 0) continue;
    await connection.write(Buffer.from(`${bytes.length.toString(16)}\r\n`));
    await connection.write(bytes);
    await connection.write(crlf);
  }
  await connection.write(Buffer.from("0\r\n\r\n"));
}

const crlf = Buffer.from("\r\n");

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");
}

function connectError({ host, address }: TransportOptions, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  if (code === "EACCES" || code === "EPERM") {
    return new EngineError("forbidden", `permission denied while trying to connect to the Docker daemon socket at ${host}`, { cause: error });
  }
  const isAbsent = ["ENOENT", "ECONNREFUSED", "ENOTSOCK", "ENOTDIR"].includes(code);
  if (address.kind === "unix" || isAbsent) {
    return new EngineError("unavailable", `Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`, { cause: error });
  }
  return new EngineError("unavailable", `error during connect to ${host}: ${reason}`, { cause: error });
}
