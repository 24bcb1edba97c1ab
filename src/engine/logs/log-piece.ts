import { closeSync, fstatSync, openSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * What rotation put aside of a log: conmon writes the file at `path`, and what it had written before is in `path.1`,
 * `path.2` and so on, the oldest with the smallest number, compressed as `path.1.gz`. A number is never given twice to a log,
 * which is why the newest piece stays, if only as an empty file.
 */
export interface LogPiece {
  readonly number: number;
  readonly path: string;
  readonly isCompressed: boolean;
}

export const compressedSuffix = ".gz";
/** Of a file that is not whole yet. */
export const asideSuffix = ".aside";

export function piecePath(path: string, number: number): string {
  return `${path}.${number}`;
}

/** The pieces of a log, the oldest first. One that is there both ways was just being compressed: the whole one counts. */
export function listPieces(path: string): readonly LogPiece[] {
  const prefix = `${basename(path)}.`;
  const pieces = new Map<number, LogPiece>();
  for (const name of namesIn(dirname(path))) {
    const [, digits, suffix] = name.startsWith(prefix) ? (/^(\d{1,15})(\.gz)?$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (digits === undefined) continue;
    const piece = { number: Number(digits), path: join(dirname(path), name), isCompressed: suffix !== undefined };
    if (piece.isCompressed || !pieces.has(piece.number)) pieces.set(piece.number, piece);
  }
  return [...pieces.values()].sort((a, b) => a.number - b.number);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A piece, or the file that conmon writes, held open: rotation may compress or remove it meanwhile. */
export interface OpenPiece extends Disposable {
  readonly number: number;
  readonly file: number;
  readonly inode: bigint;
  readonly isCompressed: boolean;
}

/** Opens the file that conmon writes; its number is the next, or that of the piece which rotation has just made of it. */
export function openNewest(path: string): OpenPiece | undefined {
  const newest = listPieces(path).at(-1);
  const opened = openFile(path);
  if (opened === undefined) return newest === undefined ? undefined : openPiece(newest);
  const isPiece = newest?.isCompressed === false && inodeOf(newest.path) === opened.inode;
  return { ...opened, number: (newest?.number ?? 0) + (isPiece ? 0 : 1), isCompressed: false };
}

/** Opens what follows a piece. @returns undefined while there is nothing: conmon may still write to that one */
export function openNext(path: string, number: number): OpenPiece | undefined {
  for (const piece of listPieces(path)) {
    const opened = piece.number > number ? openPiece(piece) : undefined;
    if (opened !== undefined) return opened;
  }
  const newest = openNewest(path);
  if (newest === undefined || newest.number > number) return newest;
  newest[Symbol.dispose]();
  return undefined;
}

export function openPiece({ number, path, isCompressed }: LogPiece): OpenPiece | undefined {
  const opened = openFile(path);
  return opened === undefined ? undefined : { ...opened, number, isCompressed };
}

function openFile(path: string): Pick<OpenPiece, "file" | "inode" | typeof Symbol.dispose> | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return { file, inode: fstatSync(file, { bigint: true }).ino, [Symbol.dispose]: () => { closeSync(file); } };
}

/** @returns undefined where there is no such file */
export function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
