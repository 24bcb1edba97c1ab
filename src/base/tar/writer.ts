import { blockSize } from "./header.ts";
import { formatPaxRecords } from "./pax.ts";
import type { TarType } from "./reader.ts";

/** What is written of a file; names are bytes, one character each. */
export interface TarMember {
  readonly name: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: { readonly seconds: number; readonly nanoseconds: number };
  readonly link?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly attributes?: ReadonlyMap<string, Uint8Array>;
  /** Bytes that `body` will give; 0 for all but files. */
  readonly size: number;
}

const letters: Readonly<Record<TarType, string>> = { file: "0", link: "1", symlink: "2", char: "3", block: "4", directory: "5", fifo: "6" };
const largestOctal = 0o77777777777;

/** The headers of a member: a ustar block, and before it PAX records for whatever does not fit in there. */
export function encodeMember(member: TarMember): Buffer {
  const { seconds = 0, nanoseconds = 0 } = member.modified ?? {};
  const { uid = 0, gid = 0, link = "" } = member;
  const records = new Map<string, string>();
  if (!fits(member.name)) records.set("path", member.name);
  if (!fits(link)) records.set("linkpath", link);
  if (member.size > largestOctal) records.set("size", String(member.size));
  if (uid > 0o7777777) records.set("uid", String(uid));
  if (gid > 0o7777777) records.set("gid", String(gid));
  if (nanoseconds !== 0 || seconds < 0 || seconds > largestOctal) records.set("mtime", formatTime(seconds, nanoseconds));
  for (const [name, value] of member.attributes ?? []) records.set(`SCHILY.xattr.${name}`, Buffer.from(value).toString("latin1"));
  const block = encodeBlock({ ...member, uid, gid, link, seconds, letter: letters[member.type] });
  if (records.size === 0) return block;
  const body = formatPaxRecords(records);
  const name = `PaxHeaders/${member.name.slice(-80)}`;
  const before = encodeBlock({ name, letter: "x", mode: 0o644, uid: 0, gid: 0, link: "", seconds: 0, size: body.length });
  return Buffer.concat([before, body, tarPadding(body.length), block]);
}

// Bytes beyond ASCII are told in a PAX record as well, since readers differ in what they make of them.
function fits(name: string): boolean {
  return name.length <= 100 && /^[\x20-\x7e]*$/.test(name);
}

function formatTime(seconds: number, nanoseconds: number): string {
  if (seconds >= 0 || nanoseconds === 0) return `${seconds}.${String(nanoseconds).padStart(9, "0")}`;
  return `-${-seconds - 1}.${String(1_000_000_000 - nanoseconds).padStart(9, "0")}`;
}

interface Block {
  readonly name: string;
  readonly letter: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
  readonly link: string;
  readonly device?: { readonly major: number; readonly minor: number };
}

function encodeBlock(fields: Block): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, length: number): void => {
    const digits = value.toString(8);
    block.write((value >= 0 && digits.length < length ? digits : "0").padStart(length - 1, "0"), at, "latin1");
  };
  block.write(fields.name.slice(0, 100), 0, "latin1");
  octal(fields.mode, 100, 8);
  octal(fields.uid, 108, 8);
  octal(fields.gid, 116, 8);
  octal(fields.size, 124, 12);
  octal(fields.seconds, 136, 12);
  block.write(`        ${fields.letter}`, 148, "latin1");
  block.write(fields.link.slice(0, 100), 157, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  octal(fields.device?.major ?? 0, 329, 8);
  octal(fields.device?.minor ?? 0, 337, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** Zeros that fill a file's last block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** What ends an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockSize);
}
