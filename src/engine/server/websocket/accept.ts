import { createHash } from "node:crypto";
import { HttpRefusal, type Exchange } from "../http/index.ts";
import { commonHeaders } from "../reply/index.ts";
import { WebSocketStream } from "./web-socket-stream.ts";

/** RFC 6455, section 1.3. */
const handshakeId = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Whether the request is one that {@link acceptWebSocket} takes. @throws HttpRefusal that says why it is not */
export function requireWebSocket({ head }: Exchange): void {
  const { headers, upgrade } = head;
  if (upgrade !== "websocket" || headers.get("sec-websocket-key") === undefined) throw new HttpRefusal(400, "not a websocket: the request asks for no upgrade to one");
  if (headers.get("sec-websocket-version") !== "13") throw new HttpRefusal(400, "only version 13 of websockets is spoken here");
  // A page that a browser shows may ask any address for a websocket, which is then no page's own but the user's.
  const origin = headers.get("origin");
  if (origin !== undefined && hostOf(origin) !== headers.get("host")) throw new HttpRefusal(403, "a page of another origin may not attach");
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** Turns the connection into a websocket. @param signal the client's going, or the server's stop */
export async function acceptWebSocket(exchange: Exchange, signal: AbortSignal): Promise<WebSocketStream> {
  const key = exchange.head.headers.get("sec-websocket-key") ?? "";
  const answer = createHash("sha1").update(`${key}${handshakeId}`).digest("base64");
  const duplex = await exchange.takeOver(101, { ...commonHeaders, Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": answer });
  return new WebSocketStream(duplex, signal);
}
