import { ByteSource } from "./byte-source.ts";
import { blockSize, damaged, parseHeader, type RawHeader } from "./header.ts";
import { parsePaxRecords, parsePaxTime, type PaxRecords } from "./pax.ts";
import { isPaxSparse, readOldSparseMap, readPaxSparseMap, type Extent } from "./sparse.ts";

export type TarType = "file" | "link" | "symlink" | "char" | "block" | "directory" | "fifo";

const types: Readonly<Record<string, TarType>> = {
  "0": "file", "\0": "file", "7": "file", S: "file", "1": "link", "2": "symlink", "3": "char", "4": "block", "5": "directory", "6": "fifo",
};

/** One file of an archive; names are bytes, one character each, and exactly as they stand there. */
export interface TarEntry {
  readonly name: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: { readonly seconds: number; readonly nanoseconds: number };
  /** Of a link: what it leads to. */
  readonly link: string;
  readonly device: { readonly major: number; readonly minor: number };
  readonly attributes: ReadonlyMap<string, Uint8Array>;
  /** Of the file, holes included. */
  readonly size: number;
  /** Where the data of `body` belongs; one extent for a file without holes. */
  readonly extents: readonly Extent[];
  /** The data, to be read before the next entry; what is left unread is passed over. */
  readonly body: () => AsyncGenerator<Buffer, void>;
}

const longestName = 1024 * 1024;

/** Reads a tar archive in any of the formats in use: V7, ustar, GNU, PAX (also SCHILY.xattr and LIBARCHIVE.xattr). */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void> {
  const source = new ByteSource(stream);
  try {
    yield* readEntries(source);
    await source.drain();
  } finally {
    await source.close();
  }
}

interface Extension {
  name?: string;
  link?: string;
  records?: PaxRecords;
}

async function* readEntries(source: ByteSource): AsyncGenerator<TarEntry, void> {
  let global: PaxRecords = new Map();
  let extension: Extension = {};
  for (;;) {
    const block = source.now(blockSize) ?? (await source.exactly(blockSize));
    const header = block === undefined ? undefined : parseHeader(block);
    if (block === undefined || header === undefined) return;
    switch (header.type) {
      case "L": extension.name = trimNul(await readBody(source, header)); break;
      case "K": extension.link = trimNul(await readBody(source, header)); break;
      case "x": extension.records = parsePaxRecords(await readBody(source, header)); break;
      case "g": global = new Map([...global, ...parsePaxRecords(await readBody(source, header))]); break;
      default: {
        const records = new Map([...global, ...(extension.records ?? [])]);
        yield* readEntry(source, { header, block: Buffer.from(block), extension, records });
        extension = {};
      }
    }
  }
}

async function readBody(source: ByteSource, header: RawHeader): Promise<Buffer> {
  if (header.size > longestName) throw damaged("an extended header is larger than 1 MiB");
  const body = Buffer.from((await source.exactly(header.size)) ?? Buffer.alloc(0));
  await source.skip(padding(header.size));
  return body;
}

function trimNul(body: Buffer): string {
  const text = body.toString("latin1");
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

interface Found {
  readonly header: RawHeader;
  readonly block: Buffer;
  readonly extension: Extension;
  readonly records: PaxRecords;
}

async function* readEntry(source: ByteSource, found: Found): AsyncGenerator<TarEntry, void> {
  const { header, extension, records } = found;
  const type = types[header.type];
  const stored = recordNumber(records, "size") ?? header.size;
  const isFile = type === "file";
  // A link's size names the linked file's and has no data behind it; folders have none either.
  const dataSize = isFile || type === undefined ? stored : 0;
  if (type === undefined) {
    await source.skip(dataSize + padding(dataSize));
    return;
  }
  let left = dataSize;
  const { map, taken } = await sparseMap(source, found);
  left -= taken;
  const name = extension.name ?? records.get("GNU.sparse.name") ?? records.get("path") ?? header.name;
  const body = async function* (): AsyncGenerator<Buffer, void> {
    while (left > 0) {
      const part = await source.some(left);
      if (part === undefined) throw damaged("it ends in the middle");
      left -= part.length;
      yield part;
    }
  };
  yield {
    // A folder of the old format is a file with a slash at its end.
    type: isFile && header.type !== "S" && name.endsWith("/") ? "directory" : type,
    name,
    mode: header.mode,
    uid: recordNumber(records, "uid") ?? header.uid,
    gid: recordNumber(records, "gid") ?? header.gid,
    modified: modificationTime(header, records),
    link: extension.link ?? records.get("linkpath") ?? header.link,
    device: { major: header.major, minor: header.minor },
    attributes: extendedAttributes(records),
    size: map?.realSize ?? dataSize,
    extents: map?.extents ?? (dataSize === 0 ? [] : [{ at: 0, length: dataSize }]),
    body,
  };
  await source.skip(left + padding(dataSize));
}

async function sparseMap(
  source: ByteSource,
  { header, block, records }: Found,
): Promise<{ map?: { realSize: number; extents: readonly Extent[] }; taken: number }> {
  if (header.type === "S") return { map: await readOldSparseMap(block, source), taken: 0 };
  if (!isPaxSparse(records)) return { taken: 0 };
  const { taken, ...map } = await readPaxSparseMap(records, source);
  return { map, taken };
}

function recordNumber(records: PaxRecords, name: string): number | undefined {
  const value = records.get(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw damaged(`the PAX record ${name} is no number`);
  return Number(value);
}

function modificationTime(header: RawHeader, records: PaxRecords): { seconds: number; nanoseconds: number } {
  const time = records.get("mtime");
  return time === undefined ? { seconds: header.seconds, nanoseconds: 0 } : parsePaxTime(time);
}

function extendedAttributes(records: PaxRecords): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const [name, value] of records) {
    if (name.startsWith("SCHILY.xattr.")) found.set(name.slice("SCHILY.xattr.".length), Buffer.from(value, "latin1"));
    else if (name.startsWith("LIBARCHIVE.xattr.")) found.set(decodeURIComponent(name.slice("LIBARCHIVE.xattr.".length)), Buffer.from(value, "base64"));
  }
  return found;
}
