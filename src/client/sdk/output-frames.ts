import { EngineError } from "../../base/index.ts";

export type OutputName = "stdout" | "stderr";

export interface OutputPart {
  readonly stream: OutputName;
  readonly bytes: Uint8Array;
}

const headerLength = 8;

/**
 * Takes the frames of attach, exec and logs apart (Engine API, "Stream format": stream, three zeros, length, bytes).
 * Bytes are given out as they come, without waiting for a frame's end and without copies.
 * @throws EngineError with the engine's text for a frame of the system's stream, which ends the output.
 */
export async function* splitFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPart, void, undefined> {
  const header = new Uint8Array(headerLength);
  let have = 0;
  let left = 0;
  let failure: string | undefined;
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const take = Math.min(headerLength - have, chunk.length - at);
        header.set(chunk.subarray(at, at + take), have);
        have += take;
        at += take;
        if (have < headerLength) break;
        have = 0;
        left = new DataView(header.buffer).getUint32(4);
        continue;
      }
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      if (header[0] === 3) failure = (failure ?? "") + Buffer.from(bytes).toString();
      else yield { stream: streamName(header[0] ?? 0), bytes };
    }
  }
  if (failure !== undefined) throw new EngineError("internal", `error from daemon in stream: ${failure}`);
}

function streamName(code: number): OutputName {
  if (code > 2) throw new EngineError("data-corrupt", `Unrecognized input header: ${code}`);
  return code === 2 ? "stderr" : "stdout";
}
