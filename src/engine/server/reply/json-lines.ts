import type { ProgressSink } from "../backend/index.ts";
import type { Exchange, ReplyStream } from "../http/index.ts";
import { commonHeaders } from "./reply-headers.ts";
import { errorReply } from "./status.ts";

const headers = { ...commonHeaders, "Content-Type": "application/json" };

/** JSON values one after another, each sent at once. */
export async function startJsonLines(exchange: Exchange): Promise<ReplyStream> {
  return exchange.stream(200, headers);
}

export function jsonLine(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\r\n`);
}

/**
 * Runs work that shows progress. The reply begins with the first line, so what fails before it is an ordinary error;
 * what fails later is the last line.
 */
export async function replyWithProgress(exchange: Exchange, work: (progress: ProgressSink) => Promise<void>): Promise<void> {
  let stream: ReplyStream | undefined;
  try {
    await work(async (message) => {
      stream ??= await startJsonLines(exchange);
      await stream.write(jsonLine(message));
    });
  } catch (error) {
    if (stream === undefined || exchange.signal.aborted) throw error;
    const { message } = errorReply(error).body;
    await stream.write(jsonLine({ errorDetail: { message }, error: message }));
  }
  stream ??= await startJsonLines(exchange);
  await stream.end();
}
