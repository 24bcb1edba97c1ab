import { isEngineError } from "../../../base/index.ts";
import type { Exchange } from "../http/index.ts";
import type { Attachment } from "../backend/index.ts";
import { frame, multiplexedStreamType, outputSink, rawStreamType } from "./frame.ts";
import { commonHeaders } from "./reply-headers.ts";

export interface HijackOptions {
  readonly exchange: Exchange;
  readonly attachment: Attachment;
  readonly wantsStdin: boolean;
  /** The client knows the type of multiplexed streams (1.42). */
  readonly namesMultiplexed: boolean;
  /** Ends it: the client's going, or the server's stop. */
  readonly signal: AbortSignal;
}

const largestOptions = 64 * 1024;

/**
 * Turns the connection into the streams of an attachment: 101 where the client asked for it, else 200 and no more HTTP.
 * What fails from there on is told within the stream.
 */
export async function hijack({ exchange, attachment, wantsStdin, namesMultiplexed, signal }: HijackOptions): Promise<void> {
  const isUpgrade = exchange.head.upgrade !== undefined;
  const type = isUpgrade && namesMultiplexed && !attachment.tty ? multiplexedStreamType : rawStreamType;
  const upgrade: Readonly<Record<string, string>> = isUpgrade ? { Connection: "Upgrade", Upgrade: "tcp" } : {};
  const isChunkedInput = exchange.head.framing.kind === "chunked";
  // Some clients repeat their options in a body, which is no input of the program.
  if (!isChunkedInput) await exchange.body.readAll(largestOptions);
  const duplex = await exchange.takeOver(isUpgrade ? 101 : 200, { ...commonHeaders, "Content-Type": type, ...upgrade });
  const write = (bytes: Uint8Array): Promise<void> => duplex.write(bytes);
  const input = isChunkedInput ? exchange.body : duplex.read();
  try {
    await attachment.run({ stdin: wantsStdin ? input : null, output: outputSink(write, attachment.tty), signal });
  } catch (error) {
    if (signal.aborted || isEngineError(error, "cancelled")) return;
    const message = Buffer.from(`${error instanceof Error ? error.message : String(error)}\r\n`);
    await write(attachment.tty ? message : frame("stdout", message));
  }
}
