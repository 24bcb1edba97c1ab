import type { ApiVersion, BodyOf, operations, OperationName, PathOf, QueryOf, ReplyTypeOf } from "../../../api/operations/index.ts";
import type { Backend } from "../backend/index.ts";
import type { Exchange } from "../http/index.ts";
import type { OlderShape } from "../shapes/index.ts";

type OperationNamed<Name extends OperationName> = (typeof operations)[Name];

/** The operations that handlers are written for; the others are answered by their status alone. */
export type ImplementedName = {
  [Name in OperationName]: OperationNamed<Name>["status"] extends "implemented" ? Name : never;
}[OperationName];

interface CallContext {
  readonly version: ApiVersion;
  readonly backend: Backend;
  readonly exchange: Exchange;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Aborted also when the server shuts down: for what has no end of its own. */
  readonly endless: AbortSignal;
}

/** One decoded request. */
export interface Call<Name extends OperationName> extends CallContext {
  readonly path: PathOf<OperationNamed<Name>>;
  readonly query: QueryOf<OperationNamed<Name>>;
  readonly body: BodyOf<OperationNamed<Name>>;
}

/** A decoded request of whichever operation it was routed to. */
export interface AnyCall extends CallContext {
  readonly path: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
}

/** What is not empty is JSON, or was sent by the handler itself. */
type Answer<Reply> = Reply extends undefined ? Replied | undefined : Reply | OlderShape | Replied;

/** The handler has replied by itself, as those of streams do. */
export const replied = Symbol("replied");
export type Replied = typeof replied;

/** Decoded request in, reply out; an empty reply is undefined. */
export type Handler<Name extends OperationName> = (call: Call<Name>) => Promise<Answer<ReplyTypeOf<OperationNamed<Name>>>>;
export type Handlers<Name extends OperationName> = { readonly [N in Name]: Handler<N> };
