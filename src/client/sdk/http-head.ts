import { EngineError } from "../../base/index.ts";

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ResponseHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The lines before a request's body (RFC 9112). */
export function formatRequestHead(head: RequestHead): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(head.headers)) {
    if (/[\r\n\0]/.test(value)) throw new EngineError("invalid-argument", `invalid value for the header ${name}`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** @throws EngineError `data-corrupt` where this is no HTTP/1 reply. */
export function parseResponseHead(text: string): ResponseHead {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) {
    throw new EngineError("data-corrupt", `malformed HTTP response ${JSON.stringify(first.slice(0, 80))}`, {
      hint: "is the server an engine, and does it want TLS?",
    });
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}
