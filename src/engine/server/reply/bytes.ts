import type { Exchange } from "../http/index.ts";
import { commonHeaders } from "./reply-headers.ts";

/** Bytes of any length; where they break off the client learns it, since the reply has no end then. */
export async function replyWithBytes(exchange: Exchange, content: AsyncIterable<Uint8Array>, headers: Readonly<Record<string, string>>): Promise<void> {
  const stream = await exchange.stream(200, { ...commonHeaders, ...headers });
  for await (const bytes of content) await stream.write(bytes);
  await stream.end();
}
