import {
  newestApiVersion, operations, type BodyOf, type Given, type OperationName, type PathOf, type QueryOf, type ReplyTypeOf,
} from "../../api/operations/index.ts";
import { EngineError } from "../../base/index.ts";
import type { Connection, TlsSettings } from "./connection.ts";
import { answeredError } from "./engine-answer.ts";
import { parseHostAddress } from "./host-address.ts";
import { jsonLines, parseReply } from "./json-reply.ts";
import { requestTarget, type AnyOperation } from "./request-target.ts";
import { bodyText } from "./response.ts";
import { Transport, type HttpReply } from "./transport.ts";

type Table = typeof operations;

/** What an operation is called with: its path's names, its query, its body. All that docker leaves out may be left out. */
export type CallOptions<Name extends OperationName> =
  & { readonly signal?: AbortSignal; readonly query?: Partial<QueryOf<Table[Name]>> }
  & (keyof PathOf<Table[Name]> extends never ? { readonly path?: undefined } : { readonly path: PathOf<Table[Name]> })
  & BodyOption<BodyOf<Table[Name]>>;

/** A stream where the operation has no body of a type; a value that may be left out where the engine does without. */
type BodyOption<Body> = [Body] extends [undefined]
  ? { readonly body?: AsyncIterable<Uint8Array> }
  : undefined extends Body ? { readonly body?: Given<Exclude<Body, undefined>> } : { readonly body: Given<Body> };

/** A connection that has become the program's own input and output. */
export interface HijackedStream {
  /** In frames, unless the program has a terminal; engines before 1.42 do not say which. */
  readonly output: AsyncIterable<Uint8Array>;
  readonly connection: Connection;
}

/** An engine as its ping tells. */
export interface EngineTraits {
  /** Minor number of the API version that both sides speak. */
  readonly version: number;
  /** Of its containers: "linux" or "windows". */
  readonly os: string;
  readonly isExperimental: boolean;
}

export interface ByteReply {
  readonly output: AsyncIterable<Uint8Array>;
  /** By their names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface EngineClient {
  readonly host: string;
  /** The minor number of the API version that both sides speak: the first call asks for it. */
  version(): Promise<number>;
  /** What the engine says of itself to a ping; asked each time. */
  traits(): Promise<EngineTraits>;
  /** Calls an operation whose reply is one value. @throws EngineError with the engine's message. */
  call<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ReplyTypeOf<Table[Name]>>;
  /** The same, with the reply as the engine wrote it. */
  text<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<string>;
  /** Sends a request; resolves with its headers, the reply comes later: a wait is registered when this resolves. */
  begin<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<() => Promise<ReplyTypeOf<Table[Name]>>>;
  /** Values one after another, as they come. */
  lines<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<AsyncIterable<ReplyTypeOf<Table[Name]>>>;
  /** An archive, or a program's output. */
  bytes<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ByteReply>;
  hijack<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<HijackedStream>;
  /** Headers of a reply without a body. */
  headers<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ReadonlyMap<string, string>>;
  /** The bare byte stream to the engine, for who speaks HTTP himself. */
  dial(signal?: AbortSignal): Promise<Connection>;
  close(): void;
}

export interface ConnectOptions {
  /** `unix:///path`, `tcp://host:port`, `ssh://user@host`. */
  readonly host: string;
  readonly tls?: TlsSettings;
  /** Minor number to speak instead of negotiating. */
  readonly version?: number;
  readonly userAgent?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called when nobody listens at the host, before a second attempt. */
  readonly onAbsent?: () => Promise<void>;
}

/** A client of one engine; nothing is sent before the first call. @throws EngineError for a malformed host. */
export function connect(options: ConnectOptions): EngineClient {
  return new Client(options);
}

/** What a call looks like once its types have done their work. */
interface AnyCall {
  readonly signal?: AbortSignal;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

class Client implements EngineClient {
  readonly host: string;
  readonly #transport: Transport;
  #version: Promise<number> | undefined;

  constructor(options: ConnectOptions) {
    this.host = options.host;
    const address = parseHostAddress(options.host, { tls: options.tls !== undefined });
    this.#transport = new Transport({
      host: options.host, address, userAgent: options.userAgent ?? "wharf",
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.headers === undefined ? {} : { headers: options.headers }),
      ...(options.onAbsent === undefined ? {} : { onAbsent: options.onAbsent }),
    });
    if (options.version !== undefined) this.#version = Promise.resolve(options.version);
  }

  async version(): Promise<number> {
    this.#version ??= this.#negotiate();
    try {
      return await this.#version;
    } catch (error) {
      this.#version = undefined;
      throw error;
    }
  }

  async #negotiate(): Promise<number> {
    const written = (await this.#ping()).get("api-version");
    const engine = Number(/^1\.(\d{1,4})$/.exec(written ?? "")?.[1] ?? "24");
    return Math.min(engine, newestApiVersion);
  }

  async traits(): Promise<EngineTraits> {
    const [version, headers] = [await this.version(), await this.#ping()];
    return { version, os: headers.get("ostype") || "linux", isExperimental: headers.get("docker-experimental") === "true" };
  }

  async #ping(): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#transport.request({ method: "HEAD", target: "/_ping" });
    await drain(reply.body);
    return reply.head.headers;
  }

  async call<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ReplyTypeOf<Table[Name]>> {
    const finish = await this.begin(name, options);
    return await finish();
  }

  async text<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<string> {
    const reply = await this.#send(name, options);
    return await bodyText(reply.body);
  }

  async begin<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<() => Promise<ReplyTypeOf<Table[Name]>>> {
    const reply = await this.#send(name, options);
    return async () => {
      const text = await bodyText(reply.body);
      // The one place where a reply gets its type: the operation's data gives it, the engine that speaks this version keeps it.
      return (operations[name].reply.kind === "json" ? parseReply(text) : text || undefined) as ReplyTypeOf<Table[Name]>;
    };
  }

  async lines<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<AsyncIterable<ReplyTypeOf<Table[Name]>>> {
    const reply = await this.#send(name, options);
    return typedLines<ReplyTypeOf<Table[Name]>>(reply.body);
  }

  async bytes<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ByteReply> {
    const reply = await this.#send(name, options);
    return { output: reply.body, headers: reply.head.headers };
  }

  async hijack<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<HijackedStream> {
    const reply = await this.#send(name, options);
    return { output: reply.body, connection: reply.connection };
  }

  async headers<Name extends OperationName>(name: Name, options: CallOptions<Name>): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#send(name, options);
    await drain(reply.body);
    return reply.head.headers;
  }

  async dial(signal?: AbortSignal): Promise<Connection> {
    return await this.#transport.dial(signal);
  }

  close(): void {
    this.#transport.close();
  }

  async #send(name: OperationName, call: AnyCall): Promise<HttpReply> {
    const operation: AnyOperation = operations[name];
    const version = operation.path === "/_ping" ? undefined : await this.version();
    if (version !== undefined && operation.since !== undefined && version < operation.since) {
      throw new EngineError("unsupported", `${name} requires API version 1.${operation.since}, but the engine's is 1.${version}`);
    }
    const isStream = operation.body.kind === "stream" && isChunks(call.body);
    const reply = await this.#transport.request({
      method: operation.method,
      target: requestTarget(operation, { path: call.path ?? {}, query: call.query ?? {}, version }),
      upgrades: operation.reply.kind === "hijack" && !isDetached(call.body),
      contentType: archives.has(name) ? "application/x-tar" : "application/json",
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      ...(call.body === undefined ? {} : { body: isStream && isChunks(call.body) ? call.body : jsonBody(call.body) }),
    });
    const { status } = reply.head;
    if (operation.success.includes(status) && status !== 304) return reply;
    if (status < 300) return reply;
    throw answeredError(status, await bodyText(reply.body));
  }
}

/** Operations that take the bytes of an archive; what others take as a stream is JSON. */
const archives: ReadonlySet<string> = new Set(["imageLoad", "imageCreate", "imageBuild", "putContainerArchive"]);

function isDetached(body: unknown): boolean {
  return typeof body === "object" && body !== null && "Detach" in body && body.Detach === true;
}

function isChunks(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function jsonBody(body: unknown): string {
  return JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function* typedLines<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<T, void, undefined> {
  for await (const line of jsonLines(chunks)) yield parseReply(line) as T;
}
