import { EngineError } from "../index.ts";

export const blockSize = 512;

/** A block of a tar archive's headers as it stands there (POSIX pax, "ustar Interchange Format"; GNU tar manual). */
export interface RawHeader {
  /** Bytes, one character each. */
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
  readonly type: string;
  readonly link: string;
  readonly major: number;
  readonly minor: number;
}

/** @returns undefined for a block of zeros, which ends an archive */
export function parseHeader(block: Buffer): RawHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block);
  const ustar = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = ustar ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    seconds: number(block, 136, 12),
    type: String.fromCharCode(block[156] ?? 0),
    link: text(block, 157, 100),
    major: number(block, 329, 8),
    minor: number(block, 337, 8),
  };
}

function checkSum(block: Buffer): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < blockSize; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  if (sum !== number(block, 148, 8)) throw damaged("a header's checksum does not match");
}

function text(block: Buffer, at: number, length: number): string {
  const field = block.toString("latin1", at, at + length);
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
}

/** Octal digits, or for larger numbers big-endian bytes behind a set first bit (GNU "base-256"). */
function number(block: Buffer, at: number, length: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return base256(block.subarray(at, at + length));
  const digits = block.toString("latin1", at, at + length).replaceAll("\0", " ").trim();
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) throw damaged(`${JSON.stringify(digits)} is no octal number`);
  return Number.parseInt(digits, 8);
}

function base256(field: Buffer): number {
  const negative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  field.forEach((byte, i) => {
    value = (value << 8n) | BigInt(i === 0 ? (negative ? byte : byte & 0x7f) : byte);
  });
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw damaged("a number is too large");
  return result;
}

export function damaged(why: string): EngineError {
  return new EngineError("invalid-argument", `the archive is damaged: ${why}`);
}
