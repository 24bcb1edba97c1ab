import { inflateRawSync } from "node:zlib";
import { EngineError } from "../../../base/index.ts";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** Bytes of the records of a zip archive without the names in them (PKWARE APPNOTE 4.3). */
const endSize = 22;
const entrySize = 46;
const localSize = 30;

/**
 * The files of a zip archive, stored or deflated, by name.
 * @param largest bytes that a file may have
 * @throws EngineError `invalid-argument` where it is damaged or of another kind.
 */
export function readZip(archive: Buffer, largest: number): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = archive.readUInt32LE(findEnd(archive) + 16);
  while (at + entrySize <= archive.length && archive.readUInt32LE(at) === entrySignature) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.subarray(at + entrySize, at + entrySize + nameLength).toString();
    if (!name.endsWith("/")) files.set(name, readFile(archive, { at, name, largest }));
    at += entrySize + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

/** The record at the end is found from the end: a comment may follow it. */
function findEnd(archive: Buffer): number {
  for (let at = archive.length - endSize; at >= 0; at -= 1) if (archive.readUInt32LE(at) === endSignature) return at;
  throw damaged("it has no directory");
}

function readFile(archive: Buffer, entry: { readonly at: number; readonly name: string; readonly largest: number }): Uint8Array {
  const { at, name, largest } = entry;
  const method = archive.readUInt16LE(at + 10);
  const stored = archive.readUInt32LE(at + 20);
  const local = archive.readUInt32LE(at + 42);
  if (local + localSize > archive.length || archive.readUInt32LE(local) !== localSignature) throw damaged(`${name} is not where it should be`);
  const start = local + localSize + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const data = archive.subarray(start, start + stored);
  if (data.length < stored) throw damaged(`${name} is cut off`);
  if (method === 0) return data;
  if (method !== 8) throw damaged(`${name} is compressed in an unknown way`);
  try {
    return inflateRawSync(data, { maxOutputLength: largest });
  } catch (cause) {
    throw damaged(`${name} cannot be inflated`, cause);
  }
}

function damaged(why: string, cause?: unknown): EngineError {
  return new EngineError("invalid-argument", `the zip archive is damaged: ${why}`, cause === undefined ? {} : { cause });
}
