import { EngineError } from "../../base/index.ts";
import type { ResponseHead } from "./http-head.ts";
import type { Input } from "./input.ts";

/** How the body of a reply ends (RFC 9112, section 6.3). */
export type Framing = { readonly kind: "none" | "chunked" | "until-close" } | { readonly kind: "length"; readonly bytes: number };

export function framingOf(head: ResponseHead, method: string): Framing {
  if (method === "HEAD" || head.status === 204 || head.status === 304) return { kind: "none" };
  if (head.headers.get("transfer-encoding")?.toLowerCase() === "chunked") return { kind: "chunked" };
  const length = head.headers.get("content-length");
  if (length === undefined) return { kind: "until-close" };
  if (!/^\d{1,15}$/.test(length)) throw new EngineError("data-corrupt", `malformed Content-Length ${JSON.stringify(length.slice(0, 40))}`);
  return Number(length) === 0 ? { kind: "none" } : { kind: "length", bytes: Number(length) };
}

/** The body's bytes as they come. */
export async function* bodyChunks(input: Input, framing: Framing): AsyncGenerator<Uint8Array, void, undefined> {
  switch (framing.kind) {
    case "none":
      return;
    case "length":
      yield* exactly(input, framing.bytes);
      return;
    case "chunked":
      yield* chunked(input);
      return;
    case "until-close":
      for (let bytes = await input.some(); bytes !== undefined; bytes = await input.some()) yield bytes;
  }
}

async function* exactly(input: Input, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = length;
  while (left > 0) {
    const bytes = await input.some(left);
    if (bytes === undefined) throw new EngineError("unavailable", "unexpected EOF: the engine closed the connection in the middle of its answer");
    left -= bytes.length;
    yield bytes;
  }
}

async function* chunked(input: Input): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const line = await input.until("\r\n");
    const size = /^([0-9a-fA-F]{1,12})\s*(?:;|$)/.exec(line)?.[1];
    if (size === undefined) throw new EngineError("data-corrupt", `malformed chunk length ${JSON.stringify(line.slice(0, 40))}`);
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    yield* exactly(input, length);
    await input.until("\r\n");
  }
  while (await input.until("\r\n") !== "");
}

/** A whole body as text, for replies that are small by nature. */
export async function bodyText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of chunks) parts.push(bytes);
  const only = parts.length === 1 ? parts[0] : undefined;
  return (only === undefined ? Buffer.concat(parts) : Buffer.from(only.buffer, only.byteOffset, only.length)).toString();
}
