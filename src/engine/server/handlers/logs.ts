import type { ApiVersion } from "../../../api/operations/index.ts";
import type { Exchange } from "../http/index.ts";
import type { LogOutput } from "../backend/index.ts";
import { commonHeaders, frame, multiplexedStreamType, outputSink, rawStreamType } from "../reply/index.ts";

interface LogCall {
  readonly exchange: Exchange;
  readonly version: ApiVersion;
  readonly endless: AbortSignal;
}

/** Sends a log; the headers go at once, also while there is no line yet. */
export async function replyWithLogs(log: LogOutput, { exchange, version, endless }: LogCall): Promise<void> {
  await using output = log;
  const type = version >= 42 && !output.tty ? multiplexedStreamType : rawStreamType;
  const stream = await exchange.stream(200, { ...commonHeaders, "Content-Type": type });
  try {
    await output.copyTo(outputSink((bytes) => stream.write(bytes), output.tty));
  } catch (error) {
    if (exchange.signal.aborted || endless.aborted) throw error;
    const message = Buffer.from(`Error grabbing logs: ${error instanceof Error ? error.message : String(error)}\n`);
    await stream.write(output.tty ? message : frame("error", message));
  }
  await stream.end();
}
