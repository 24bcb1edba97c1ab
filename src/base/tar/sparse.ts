import type { ByteSource } from "./byte-source.ts";
import { blockSize, damaged } from "./header.ts";
import type { PaxRecords } from "./pax.ts";

/** A piece of data in a file with holes. */
export interface Extent {
  readonly at: number;
  readonly length: number;
}

export interface SparseMap {
  readonly extents: readonly Extent[];
  /** Of the file, holes included. */
  readonly realSize: number;
}

const mostExtents = 100_000;

/**
 * The three ways of GNU tar to tell where a file's holes are (GNU tar manual, "Storing Sparse Files"): in the header
 * and the blocks after it, in PAX records, or in front of the data. What is read of the body is told, since the rest is
 * the data.
 */
export async function readOldSparseMap(header: Buffer, source: ByteSource): Promise<SparseMap> {
  const realSize = octal(header, 483);
  const extents = parseOldEntries(header, 386, 4);
  let more = header[482] !== 0;
  while (more) {
    const block = await source.exactly(blockSize);
    if (block === undefined || extents.length > mostExtents) throw damaged("a map of holes does not end");
    extents.push(...parseOldEntries(block, 0, 21));
    more = block[504] !== 0;
  }
  return check({ extents, realSize });
}

function parseOldEntries(block: Buffer, at: number, count: number): Extent[] {
  const entries: Extent[] = [];
  for (let i = 0; i < count; i++) {
    const from = at + i * 24;
    if (block[from] === 0) break;
    entries.push({ at: octal(block, from), length: octal(block, from + 12) });
  }
  return entries;
}

function octal(block: Buffer, at: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return Number(block.readBigUInt64BE(at + 4));
  return Number.parseInt(block.toString("latin1", at, at + 12).replaceAll("\0", " ").trim() || "0", 8);
}

export function isPaxSparse(records: PaxRecords): boolean {
  return records.has("GNU.sparse.major") || records.has("GNU.sparse.map") || records.has("GNU.sparse.size");
}

/** @returns the map and how many bytes of the body it took */
export async function readPaxSparseMap(records: PaxRecords, source: ByteSource): Promise<SparseMap & { readonly taken: number }> {
  const realSize = Number(records.get("GNU.sparse.realsize") ?? records.get("GNU.sparse.size"));
  if (records.get("GNU.sparse.major") === "1") {
    const { numbers, taken } = await readLeadingNumbers(source);
    return { ...check({ extents: pairs(numbers), realSize }), taken };
  }
  const numbers = (records.get("GNU.sparse.map") ?? "").split(",").filter((word) => word !== "").map(Number);
  return { ...check({ extents: pairs(numbers), realSize }), taken: 0 };
}

/** Decimal numbers, one a line: how many pairs, then the pairs; padded to a block. */
async function readLeadingNumbers(source: ByteSource): Promise<{ numbers: number[]; taken: number }> {
  let text = "";
  let taken = 0;
  for (;;) {
    const block = await source.exactly(blockSize);
    if (block === undefined) throw damaged("a map of holes is missing");
    taken += blockSize;
    text += block.toString("latin1");
    const lines = text.split("\n");
    const count = Number(lines[0]);
    if (lines.length > 1 && !(count <= mostExtents)) throw damaged("a map of holes is too long");
    if (lines.length > count * 2 + 1) return { numbers: lines.slice(1, count * 2 + 1).map(Number), taken };
  }
}

function pairs(numbers: readonly number[]): Extent[] {
  const extents: Extent[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) extents.push({ at: numbers[i] ?? 0, length: numbers[i + 1] ?? 0 });
  return extents;
}

function check(map: SparseMap): SparseMap {
  const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  let end = 0;
  for (const extent of map.extents) {
    if (!whole(extent.at) || !whole(extent.length) || extent.at < end) throw damaged("a map of holes makes no sense");
    end = extent.at + extent.length;
  }
  if (!whole(map.realSize) || end > map.realSize) throw damaged("a map of holes goes past its file");
  return map;
}
