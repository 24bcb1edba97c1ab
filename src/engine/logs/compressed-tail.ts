import type { OutputStream } from "../server/backend/index.ts";
import { readPiece } from "./piece-reader.ts";
import type { OpenPiece } from "./log-piece.ts";
import { isFull, isRecord, isStderr } from "./log-record.ts";
import type { StreamsMet, Tail } from "./log-tail.ts";

const blockSize = 256 * 1024;
const newline = 0x0a;

/**
 * What findTail is for a plain piece: a compressed one is read from its beginning, once to count its lines and once more,
 * where it has more than are wanted, to find where those begin.
 */
export async function findCompressedTail(piece: OpenPiece, wanted: number, met: StreamsMet): Promise<Tail> {
  if (wanted <= 0) return { offset: await placeOfBeginnings(piece, met), lines: 0 };
  const { ended, unfinished } = await countLines(piece);
  const open = (["stdout", "stderr"] as const).filter((stream) => unfinished[stream] && !met[stream]).length;
  for (const stream of ["stdout", "stderr"] as const) met[stream] ||= unfinished[stream] || ended[stream] > 0;
  const lines = ended.stdout + ended.stderr;
  if (lines + open <= wanted) return { offset: 0, lines: lines + open };
  // Unfinished lines are the last ones, so what is left out are whole ones, as long as any is wanted that is whole.
  return { offset: await placeAfter(piece, Math.min(lines, lines + open - wanted)), lines: wanted };
}

interface Count {
  readonly ended: Record<OutputStream, number>;
  /** Whether the stream's last record goes on after the piece. */
  readonly unfinished: Record<OutputStream, boolean>;
}

async function countLines(piece: OpenPiece): Promise<Count> {
  const ended = { stdout: 0, stderr: 0 };
  const unfinished = { stdout: false, stderr: false };
  for await (const { block, at } of records(piece)) {
    const stream = isStderr(block, at) ? "stderr" : "stdout";
    unfinished[stream] = !isFull(block, at);
    if (!unfinished[stream]) ended[stream] += 1;
  }
  return { ended, unfinished };
}

async function placeAfter(piece: OpenPiece, lines: number): Promise<number> {
  let left = lines;
  for await (const { block, at, place, length } of records(piece)) {
    if (isFull(block, at)) left -= 1;
    if (left === 0) return place + length;
  }
  return 0;
}

/** Where what belongs to the lines of newer pieces begins, at the piece's end. */
async function placeOfBeginnings(piece: OpenPiece, met: StreamsMet): Promise<number> {
  let found = 0;
  for await (const { block, at, place, length } of records(piece)) {
    if (isFull(block, at) || !met[isStderr(block, at) ? "stderr" : "stdout"]) found = place + length;
  }
  return found;
}

interface PlacedRecord {
  readonly block: Buffer;
  readonly at: number;
  /** In the piece. */
  readonly place: number;
  /** With its newline. */
  readonly length: number;
}

async function* records(piece: OpenPiece): AsyncGenerator<PlacedRecord> {
  using reader = readPiece(piece);
  const block = Buffer.allocUnsafe(blockSize);
  let held = 0;
  let place = 0;
  for (;;) {
    const count = await reader.read(block, held, blockSize - held);
    if (count === 0) return;
    held += count;
    let at = 0;
    for (let end = block.indexOf(newline, at); end >= 0 && end < held; end = block.indexOf(newline, at)) {
      if (isRecord(block, at, end)) yield { block, at, place: place + at, length: end + 1 - at };
      at = end + 1;
    }
    // Without a newline in all of it it is no record.
    if (at === 0 && held === blockSize) at = held;
    block.copyWithin(0, at, held);
    held -= at;
    place += at;
  }
}
