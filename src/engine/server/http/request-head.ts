import { HttpRefusal } from "./refusal.ts";

/** The head of a request (RFC 9112); header names are in lower case, repeated ones are joined by ", ". */
export interface RequestHead {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly minorVersion: 0 | 1;
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: BodyFraming;
  readonly keepAlive: boolean;
  /** The client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
  /** The client asks to turn the connection into something else. */
  readonly upgrade: string | undefined;
}

export type BodyFraming = { readonly kind: "length"; readonly length: number } | { readonly kind: "chunked" };

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Parses everything before the empty line. Whatever two readers could understand differently is refused: folded lines,
 * blanks before the colon, a length beside chunks, two lengths.
 * @throws HttpRefusal
 */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split("\r\n");
  const { method, target, minorVersion } = parseRequestLine(lines[0] ?? "");
  const headers = parseHeaders(lines.slice(1));
  if (minorVersion === 1 && !headers.has("host")) throw new HttpRefusal(400, "missing required Host header");
  const connection = listOf(headers.get("connection"));
  const expect = headers.get("expect")?.toLowerCase();
  if (expect !== undefined && expect !== "100-continue") throw new HttpRefusal(417, `cannot meet the expectation ${JSON.stringify(expect)}`);
  return {
    method,
    target,
    minorVersion,
    headers,
    framing: parseFraming(headers, minorVersion),
    keepAlive: minorVersion === 1 ? !connection.includes("close") : connection.includes("keep-alive"),
    expectsContinue: expect !== undefined && minorVersion === 1,
    upgrade: connection.includes("upgrade") ? headers.get("upgrade")?.toLowerCase() : undefined,
  };
}

function parseRequestLine(line: string): Pick<RequestHead, "method" | "target" | "minorVersion"> {
  const parts = /^(\S+) (\S+) HTTP\/(\d)\.(\d)$/.exec(line);
  const [, method = "", target = "", major, minor] = parts ?? [];
  if (parts === null || !token.test(method)) throw new HttpRefusal(400, "malformed request line");
  if (major !== "1" || (minor !== "0" && minor !== "1")) throw new HttpRefusal(505, `HTTP/${major ?? ""}.${minor ?? ""} is not spoken here`);
  return { method, target: originForm(target), minorVersion: minor === "1" ? 1 : 0 };
}

/** Proxies and some clients name the whole address; only what follows the host counts. */
function originForm(target: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1] ?? target;
  const origin = rest === "" ? "/" : rest;
  if (!origin.startsWith("/")) throw new HttpRefusal(400, "the request target has to be a path");
  return origin;
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!token.test(name)) throw new HttpRefusal(400, "malformed header");
    const value = line.slice(colon + 1).trim();
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw new HttpRefusal(400, `malformed value of the header ${name}`);
    const earlier = headers.get(name);
    if (earlier !== undefined && (name === "host" || name === "content-length")) throw new HttpRefusal(400, `the header ${name} is given twice`);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

function parseFraming(headers: ReadonlyMap<string, string>, minorVersion: 0 | 1): BodyFraming {
  const coding = headers.get("transfer-encoding")?.toLowerCase();
  const length = headers.get("content-length");
  if (coding === undefined) {
    if (length === undefined) return { kind: "length", length: 0 };
    if (!/^\d{1,15}$/.test(length)) throw new HttpRefusal(400, "malformed Content-Length");
    return { kind: "length", length: Number(length) };
  }
  if (length !== undefined) throw new HttpRefusal(400, "both Content-Length and Transfer-Encoding are given");
  if (coding !== "chunked" || minorVersion === 0) throw new HttpRefusal(501, "only the transfer coding chunked is spoken here");
  return { kind: "chunked" };
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.toLowerCase().split(",").map((item) => item.trim());
}
