import type { OutputSink, OutputStream } from "../backend/index.ts";

const streamNumber: Readonly<Record<OutputStream | "error", number>> = { stdout: 1, stderr: 2, error: 3 };
const headerSize = 8;

/** A frame of a multiplexed stream: its stream's number, three zeros, the length, the bytes (Engine API, "Stream format"). */
export function frame(stream: OutputStream | "error", bytes: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(headerSize + bytes.length);
  framed.writeUInt32BE(streamNumber[stream] * 0x0100_0000, 0);
  framed.writeUInt32BE(bytes.length, 4);
  framed.set(bytes, headerSize);
  return framed;
}

/** Puts output into frames, or with a terminal passes it on as it is. */
export function outputSink(write: (bytes: Uint8Array) => Promise<void>, isRaw: boolean): OutputSink {
  return {
    write: async (stream, bytes) => {
      if (bytes.length > 0) await write(isRaw ? bytes : frame(stream, bytes));
    },
  };
}

export const rawStreamType = "application/vnd.docker.raw-stream";
export const multiplexedStreamType = "application/vnd.docker.multiplexed-stream";
