import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { EngineError } from "../../base/index.ts";
import { checkedFrames } from "./zstd-frames.ts";

export type Compression = "none" | "gzip" | "zstd";

/** Recognizes a compression by its first bytes (RFC 1952, RFC 8878); a media type may lie. */
export function detectCompression(start: Uint8Array): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return "zstd";
  // A frame of zstd that a decompressor passes over.
  if (((start[0] ?? 0) & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18) return "zstd";
  return "none";
}

/** What docker would give to a program of the host; here it is only known by its first bytes. */
const others = [["bzip2", /^BZh[1-9]\x31\x41\x59\x26\x53\x59/], ["xz", /^\xfd7zXZ\x00/]] as const;
const longestMagic = 10;

function refuseOthers(start: Uint8Array): void {
  const [name] = others.find(([, magic]) => magic.test(Buffer.from(start.subarray(0, longestMagic)).toString("latin1"))) ?? [];
  if (name === undefined) return;
  throw new EngineError("invalid-argument", `the archive is compressed with ${name}, which this engine does not read`, { hint: "compress it with gzip or zstd, or not at all" });
}

/**
 * A stream's plain content, whatever it is compressed with. It is decompressed in this process: no program of the host
 * or of an image is run for it.
 * @throws EngineError `invalid-argument` for a compression that is not read
 */
export async function* decompress(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = stream[Symbol.asyncIterator]();
  const { start, ended } = await readStart(pieces);
  const whole = rejoin(start, ended ? undefined : pieces);
  refuseOthers(start);
  const compression = detectCompression(start);
  if (compression === "none") {
    yield* whole;
    return;
  }
  const decompressor = compression === "gzip" ? createGunzip({ chunkSize: 256 * 1024 }) : createZstdDecompress({ chunkSize: 256 * 1024 });
  const source = Readable.from(compression === "zstd" ? checkedFrames(whole) : whole, { objectMode: false });
  source.on("error", (error) => decompressor.destroy(error));
  try {
    for await (const piece of source.pipe(decompressor)) yield piece as Uint8Array;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError("invalid-argument", `the ${compression} data is damaged: ${String(error)}`, { cause: error });
  } finally {
    source.destroy();
    decompressor.destroy();
  }
}

async function readStart(pieces: AsyncIterator<Uint8Array>): Promise<{ start: Uint8Array; ended: boolean }> {
  let start: Uint8Array = Buffer.alloc(0);
  while (start.length < longestMagic) {
    const next = await pieces.next();
    if (next.done === true) return { start, ended: true };
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return { start, ended: false };
}

async function* rejoin(start: Uint8Array, rest: AsyncIterator<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest?.next(); next !== undefined && next.done !== true; next = await rest?.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}
