import type { Decoder } from "../decode/index.ts";
import type { Parameter } from "./parameter.ts";
import type { ApiVersion } from "./version.ts";

/** The names between braces in a path template: `PathNames<"/containers/{id}/json">` is "id". */
export type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | PathNames<Rest> : never;
export type PathValues<Path extends string> = Readonly<Record<PathNames<Path>, string>>;

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
export type QueryValues<Query extends Parameters> = { readonly [Name in keyof Query]: Query[Name] extends Parameter<infer T> ? T : never };

/** What a request carries after its headers; `Value` is what a handler gets and a client gives. */
export type RequestBody =
  | { readonly kind: "none" }
  /** Required: an empty body is an error. Otherwise it decodes as an object without fields. */
  | { readonly kind: "json"; readonly required: boolean; readonly decode: Decoder<unknown> }
  /** A tar archive, or whatever bytes the operation takes. */
  | { readonly kind: "stream" }
  /** JSON first, then the connection is taken over. */
  | { readonly kind: "json-then-hijack"; readonly decode: Decoder<unknown> }
  /** The connection is taken over at once. */
  | { readonly kind: "hijack" };

export type ReplyKind =
  | "empty" | "text" | "json"
  /** JSON values one after another, each sent at once. */
  | "json-lines"
  /** Output of a program in frames, or raw with a terminal, until the end of the reply. */
  | "output"
  /** The connection becomes a stream in both directions: 101 where the client asked to upgrade, else 200. */
  | "hijack"
  | "tar";

/** Whether this engine answers it, will answer it (501 until then), or leaves it to swarms (503, as a node of none). */
export type OperationStatus = "implemented" | "later" | "swarm";

/** One operation of the Engine API: the server routes and decodes by it, the client builds its request from it. */
export interface Operation<
  Path extends string = string, Query extends Parameters = Parameters, Body extends RequestBody = RequestBody, Reply = unknown,
  Status extends OperationStatus = OperationStatus,
> {
  readonly group: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: Path;
  /** First version that has it; absent: all. */
  readonly since?: ApiVersion;
  /** Last version that has it. */
  readonly until?: ApiVersion;
  readonly query: Query;
  readonly body: Body;
  readonly reply: ReplyOf<Reply>;
  /** Statuses of success, the usual one first. */
  readonly success: readonly number[];
  readonly status: Status;
}

/** `type` is never there: it carries the type of the reply (of each line, for json-lines) to the compiler. */
export interface ReplyOf<T> {
  readonly kind: ReplyKind;
  readonly type?: T;
}

export type QueryOf<Op> = Op extends { readonly query: infer Query extends Parameters } ? QueryValues<Query> : never;
export type PathOf<Op> = Op extends { readonly path: infer Path extends string } ? PathValues<Path> : never;
/** What a handler gets for the body; undefined where there is none or where it is a stream. */
export type BodyOf<Op> = Op extends { readonly body: { readonly decode: Decoder<infer T> } } ? T : undefined;
export type ReplyTypeOf<Op> = Op extends { readonly reply: ReplyOf<infer T> } ? T : never;

/** What a client gives for a value: fields that it leaves out have docker's zero values. Lists are given whole. */
export type Given<T> = T extends readonly unknown[] | string | number | boolean | null | undefined ? T : { readonly [K in keyof T]?: Given<T[K]> };

type Draft<Path extends string, Query extends Parameters, Body extends RequestBody, Reply, Status extends OperationStatus> =
  & Pick<Operation<Path, Query, Body, Reply, Status>, "group" | "method" | "path" | "reply" | "status">
  & Partial<Pick<Operation, "since" | "until" | "success">>
  & { readonly query?: Query; readonly body?: Body };

/** Fills in what most operations have: no parameters, no body, and 200 (204 for an empty reply). */
export function operation<
  // No names at all is what an operation without parameters has.
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
  const Path extends string, Reply, const Query extends Parameters = Record<never, never>, const Body extends RequestBody = NoBody,
  const Status extends OperationStatus = OperationStatus,
>(draft: Draft<Path, Query, Body, Reply, Status>): Operation<Path, Query, Body, Reply, Status> {
  const { query, body, success, ...rest } = draft;
  return {
    ...rest,
    // Absent ones have the empty types that these values are.
    query: query ?? (noParameters as Query),
    body: body ?? (noBody as Body),
    success: success ?? [draft.reply.kind === "empty" ? 204 : 200],
  };
}

const noParameters: Parameters = {};

export interface NoBody {
  readonly kind: "none";
}
const noBody: NoBody = { kind: "none" };

export function jsonBody<T>(decode: Decoder<T>): { readonly kind: "json"; readonly required: true; readonly decode: Decoder<T> } {
  return { kind: "json", required: true, decode };
}

export function optionalJsonBody<T>(decode: Decoder<T>): { readonly kind: "json"; readonly required: false; readonly decode: Decoder<T> } {
  return { kind: "json", required: false, decode };
}

export const streamBody = { kind: "stream" } as const;
export const hijackBody = { kind: "hijack" } as const;

export function jsonThenHijack<T>(decode: Decoder<T>): { readonly kind: "json-then-hijack"; readonly decode: Decoder<T> } {
  return { kind: "json-then-hijack", decode };
}

export function json<T>(): ReplyOf<T> {
  return { kind: "json" };
}

export function jsonLines<T>(): ReplyOf<T> {
  return { kind: "json-lines" };
}

export const empty: ReplyOf<undefined> = { kind: "empty" };
export const text: ReplyOf<string> = { kind: "text" };
export const output: ReplyOf<undefined> = { kind: "output" };
export const hijack: ReplyOf<undefined> = { kind: "hijack" };
export const tar: ReplyOf<undefined> = { kind: "tar" };
