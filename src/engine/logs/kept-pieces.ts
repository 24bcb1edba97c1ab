import { createReadStream, createWriteStream, fdatasyncSync, openSync, closeSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { EngineError } from "../../base/index.ts";
import { asideSuffix, compressedSuffix, inodeOf, isMissing, listPieces, piecePath } from "./log-piece.ts";

/** Removes what a killed engine left of a compression: what is not whole, and what is there whole as well. */
export function tidyPieces(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(asideSuffix)) rmSync(join(dirname(path), name), { force: true });
  }
  for (const { number, isCompressed } of listPieces(path)) if (isCompressed) rmSync(piecePath(path, number), { force: true });
}

/** Removes the oldest pieces, until as many are left as are to be kept. */
export function discardPieces(path: string, kept: number): void {
  const pieces = listPieces(path).filter((piece) => inodeOf(piece.path) !== inodeOf(path));
  const last = pieces.at(-1);
  for (const piece of pieces.slice(0, Math.max(pieces.length - kept, 0))) {
    // Its number is what the next one counts from.
    if (piece === last) empty(piecePath(path, piece.number));
    if (piece !== last || piece.isCompressed) rmSync(piece.path, { force: true });
  }
}

/** By replacing it, so that whoever still reads it does so to its end. */
function empty(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) return;
  writeFileSync(`${path}${asideSuffix}`, "", { mode: 0o600 });
  renameSync(`${path}${asideSuffix}`, path);
}

/** Compresses every piece that is not, the oldest first. A piece that is removed meanwhile stays removed. */
export async function compressPieces(path: string, signal: AbortSignal): Promise<void> {
  for (const piece of listPieces(path)) {
    if (piece.isCompressed || inodeOf(piece.path) === inodeOf(path)) continue;
    try {
      await compress(piece.path, signal);
    } catch (error) {
      rmSync(`${piece.path}${asideSuffix}`, { force: true });
      if (!isMissing(error)) throw error;
    }
  }
}

async function compress(path: string, signal: AbortSignal): Promise<void> {
  const { size, atime, mtime } = statSync(path);
  if (size === 0) return;
  const aside = `${path}${asideSuffix}`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(aside, { mode: 0o600 }), { signal });
  sync(aside);
  // When it was written last is how a reader knows from which piece on it wants them.
  utimesSync(aside, atime, mtime);
  if (statSync(path).size !== size) throw new EngineError("internal", `${path} was written to while it was compressed`);
  renameSync(aside, `${path}${compressedSuffix}`);
  rmSync(path);
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
