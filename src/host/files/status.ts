import { cString, errnoOf, succeed, systemCall, type Descriptor } from "../libc/index.ts";
import { displayName, nameBytes, type ByteName } from "./names.ts";

const statx = systemCall<[number, Uint8Array, number, number, Uint8Array]>("statx", "ipiip");

const emptyPath = 0x1000;
const noFollow = 0x100;
const basicFields = 0x7ff;

export type FileType = "file" | "directory" | "symlink" | "fifo" | "socket" | "char" | "block";

const types: Readonly<Record<number, FileType>> = {
  0o10: "file", 0o04: "directory", 0o12: "symlink", 0o01: "fifo", 0o14: "socket", 0o02: "char", 0o06: "block",
};

/** What the kernel knows of a file (statx(2)). */
export interface FileStatus {
  readonly type: FileType;
  /** Permissions with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly links: number;
  /** The file itself, on its file system. */
  readonly inode: bigint;
  readonly device: { readonly major: number; readonly minor: number };
  /** For a device node, the device that it stands for. */
  readonly node: { readonly major: number; readonly minor: number };
  /** Blocks of 512 bytes that it takes on disk. */
  readonly blocks: number;
  readonly accessed: FileTime;
  readonly modified: FileTime;
}

export interface FileTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The status of what a handle stands for. */
export function fileStatus(file: Descriptor): FileStatus {
  const buffer = Buffer.alloc(256);
  succeed(statx(file.number, cString(""), emptyPath, basicFields, buffer), () => "read the status of a file");
  return parseStatus(buffer);
}

/** The status of a name in a folder, of a link itself. @returns undefined where there is none */
export function statusOf(folder: Descriptor, name: ByteName): FileStatus | undefined {
  const buffer = Buffer.alloc(256);
  const result = statx(folder.number, cString(nameBytes(name)), noFollow, basicFields, buffer);
  if (result === -errnoOf("ENOENT") || result === -errnoOf("ENOTDIR")) return undefined;
  succeed(result, () => `read the status of ${displayName(name)}`);
  return parseStatus(buffer);
}

function parseStatus(buffer: Buffer): FileStatus {
  const mode = buffer.readUInt16LE(28);
  return {
    type: types[mode >> 12] ?? "file",
    mode: mode & 0o7777,
    links: buffer.readUInt32LE(16),
    uid: buffer.readUInt32LE(20),
    gid: buffer.readUInt32LE(24),
    inode: buffer.readBigUInt64LE(32),
    size: Number(buffer.readBigUInt64LE(40)),
    blocks: Number(buffer.readBigUInt64LE(48)),
    accessed: readTime(buffer, 64),
    modified: readTime(buffer, 112),
    node: { major: buffer.readUInt32LE(128), minor: buffer.readUInt32LE(132) },
    device: { major: buffer.readUInt32LE(136), minor: buffer.readUInt32LE(140) },
  };
}

function readTime(buffer: Buffer, at: number): FileTime {
  return { seconds: Number(buffer.readBigInt64LE(at)), nanoseconds: buffer.readUInt32LE(at + 8) };
}
