import { EngineError, redactSecrets, type ErrorKind } from "../../../base/index.ts";
import type { ErrorBody } from "../../../api/types/index.ts";

/** The one place where what went wrong becomes an HTTP status; docker's choices, which clients decide by. */
const statusOf: Readonly<Record<ErrorKind, number>> = {
  "invalid-argument": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "already-done": 304,
  "precondition-failed": 412,
  "too-large": 413,
  unsupported: 501,
  /** The client is gone, so nobody reads it. */
  cancelled: 499,
  timeout: 500,
  unavailable: 503,
  "data-corrupt": 500,
  internal: 500,
};

export interface ErrorReply {
  readonly status: number;
  readonly body: ErrorBody;
}

/** What a client is told of an error. One that is no {@link EngineError} is a fault of the engine: its message and no more. */
export function errorReply(error: unknown): ErrorReply {
  if (error instanceof EngineError) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { status: statusOf[error.kind], body: { message: error.message, ...hint } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: { message: redactSecrets(message) } };
}
