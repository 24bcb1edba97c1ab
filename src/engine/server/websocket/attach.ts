import { isEngineError } from "../../../base/index.ts";
import type { Attachment } from "../backend/index.ts";
import type { Exchange } from "../http/index.ts";
import { acceptWebSocket } from "./accept.ts";

export interface WebSocketAttach {
  readonly exchange: Exchange;
  readonly attachment: Attachment;
  readonly wantsStdin: boolean;
  readonly signal: AbortSignal;
}

/**
 * Attaches a websocket: what the program writes comes in binary messages, both streams in one, and what the client sends
 * is its input. What fails from here on is told within the stream.
 */
export async function attachWebSocket({ exchange, attachment, wantsStdin, signal }: WebSocketAttach): Promise<void> {
  const socket = await acceptWebSocket(exchange, signal);
  const input = socket.read();
  // Somebody has to see the client's close.
  const drained = wantsStdin ? Promise.resolve() : drain(input);
  try {
    await attachment.run({ stdin: wantsStdin ? input : null, output: { write: (_, bytes) => socket.write(bytes) }, signal: socket.signal });
    await socket.close();
  } catch (error) {
    if (socket.signal.aborted || isEngineError(error, "cancelled")) return;
    await socket.write(Buffer.from(`${error instanceof Error ? error.message : String(error)}\r\n`));
    await socket.close();
  } finally {
    // It ends with the connection, which is closed after this.
    drained.catch(() => undefined);
  }
}

async function drain(input: AsyncGenerator<Uint8Array>): Promise<void> {
  while ((await input.next()).done !== true);
}
