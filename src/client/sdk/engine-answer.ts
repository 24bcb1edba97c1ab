import { EngineError, type ErrorKind } from "../../base/index.ts";
import { parseReply } from "./json-reply.ts";

/** Cause of an error that the engine itself answered with, and not the way to it. */
export class EngineAnswer {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

const kinds: Readonly<Record<number, ErrorKind>> = {
  304: "already-done", 400: "invalid-argument", 401: "unauthorized", 403: "forbidden", 404: "not-found", 408: "timeout",
  409: "conflict", 412: "precondition-failed", 413: "too-large", 499: "cancelled", 501: "unsupported", 503: "unavailable",
};

/** The error that a reply of failure stands for, with the engine's own message. */
export function answeredError(status: number, body: string): EngineError {
  return new EngineError(kinds[status] ?? "internal", messageOf(body) ?? `request returned status ${status}`, { cause: new EngineAnswer(status) });
}

/** Whether the engine answered this error; its message is then the engine's. */
export function isEngineAnswer(error: unknown): error is EngineError {
  return error instanceof EngineError && error.cause instanceof EngineAnswer;
}

function messageOf(body: string): string | undefined {
  const text = body.trim();
  if (!text.startsWith("{")) return text === "" ? undefined : text;
  const parsed = parseReply(text);
  const message: unknown = typeof parsed === "object" && parsed !== null && "message" in parsed ? parsed.message : undefined;
  return typeof message === "string" ? message : undefined;
}
