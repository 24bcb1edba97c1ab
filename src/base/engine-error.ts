/**
 * What went wrong, as a class that callers decide on. Only the HTTP edge maps a kind to a
 * status and only the command line maps it to an exit code; nobody matches on texts.
 */
export type ErrorKind =
  | "invalid-argument"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "already-done"
  | "precondition-failed"
  | "too-large"
  | "unsupported"
  | "cancelled"
  | "timeout"
  | "unavailable"
  | "data-corrupt"
  | "internal";

export interface EngineErrorOptions {
  /** What the reader can do next; shown below the message. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error type of wharf: the message says what was tried, on what, and what stood in the way. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: EngineErrorOptions = {}) {
    super(redactSecrets(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint === undefined ? undefined : redactSecrets(options.hint);
  }
}

export function isEngineError(error: unknown, kind?: ErrorKind): error is EngineError {
  return error instanceof EngineError && (kind === undefined || error.kind === kind);
}

/** Takes the credentials out of addresses and authorization values, so that none reaches a log or a terminal. */
export function redactSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1***@")
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9+/=_~.-]{6,}/g, "$1 ***");
}
