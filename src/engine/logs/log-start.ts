import { fstatSync } from "node:fs";
import { findCompressedTail } from "./compressed-tail.ts";
import { listPieces, openNewest, openPiece, type OpenPiece } from "./log-piece.ts";
import { compareTimes, type LogTime } from "./log-record.ts";
import type { LogPlace } from "./log-stream.ts";
import { findTail, type StreamsMet } from "./log-tail.ts";

/** Finds where the last lines of a log begin, from its newest piece back, reading no more than they take. */
export async function findLastLines(path: string, lines: number): Promise<LogPlace> {
  const met: StreamsMet = { stdout: false, stderr: false };
  let wanted = lines;
  let place: LogPlace | undefined;
  for (const open of newestFirst(path)) {
    using piece = open();
    if (piece === undefined) continue;
    const tail = piece.isCompressed ? await findCompressedTail(piece, wanted, met) : findTail({ file: piece.file, size: fstatSync(piece.file).size }, wanted, met);
    wanted -= tail.lines;
    place = { number: piece.number, offset: tail.offset };
    // The first of the lines may have begun in the piece before.
    if (wanted <= 0 && tail.offset > 0) break;
  }
  return place ?? { number: 0, offset: 0 };
}

function* newestFirst(path: string): Generator<() => OpenPiece | undefined> {
  const newest = openNewest(path);
  yield () => newest;
  const older = listPieces(path).filter(({ number }) => number < (newest?.number ?? Number.POSITIVE_INFINITY)).reverse();
  for (const piece of older) yield () => openPiece(piece);
}

/** Of the kernel's coarse clock, by which files are stamped, behind the one that conmon writes down. */
const clockSlack = 1;

/** The oldest piece that was still written to at a moment: what is in those before it is older. */
export function findPieceSince(path: string, since: LogTime): LogPlace {
  const pieces = listPieces(path);
  for (const piece of pieces) {
    using opened = openPiece(piece);
    if (opened === undefined) continue;
    const seconds = Math.floor(fstatSync(opened.file).mtimeMs / 1000);
    if (compareTimes({ seconds: seconds + clockSlack, nanoseconds: 999_999_999 }, since) >= 0) return { number: piece.number, offset: 0 };
  }
  return { number: (pieces.at(-1)?.number ?? 0) + 1, offset: 0 };
}
