import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { errnoOf, isSystemError, succeed, systemCall, type Descriptor } from "../libc/index.ts";
import { readAttributes, setAttribute } from "./attributes.ts";
import {
  makeDirectory, makeHardLink, makeNode, makeSymbolicLink, readSymbolicLink, removeDirectory, removeDirectoryLater, removeName,
  removeNameLater, renameIn, setModeOf, setNodeMode, setOwner, setOwnerOf, setSize, setTimes, setTimesOf, type Place,
} from "./make.ts";
import { byteName, byteNameOf, type ByteName } from "./names.ts";
import { openFlags, openIn } from "./open.ts";
import { fileStatus, statusOf, type FileStatus } from "./status.ts";

const seek = systemCall<[number, number, number]>("lseek", "iii");
const copyFileRange = systemCall<[number, Uint8Array, number, null, number, number]>("copy_file_range", "ipipii");
const sendFile = systemCall<[number, number, Uint8Array, number]>("sendfile", "iipi");

const seekData = 3;
const seekHole = 4;
const seekSet = 0;
/** Bytes that one call copies: a thread of the pool is not held for longer than that takes. */
const copiedAtOnce = 16 * 1024 * 1024;

/** The names in a folder, without "." and "..", in no order. */
export function readNames(folder: Descriptor): ByteName[] {
  return readdirSync(`/proc/self/fd/${folder.number}/.`, { encoding: "buffer" }).map((name) => byteName(name));
}

/** Opens a folder that is no link, to work in it. */
export function openFolder(folder: Descriptor, name: ByteName): Descriptor {
  return openIn(folder, name, openFlags.directory | openFlags.noFollow, { resolve: "no-links" });
}

/** Removes a name and everything below it; whatever is moved or linked there meanwhile, nothing outside is touched. */
export function removeTree(folder: Descriptor, name: ByteName): void {
  const status = statusOf(folder, name);
  if (status === undefined) return;
  if (status.type !== "directory") {
    removeName(folder, name);
    return;
  }
  {
    using inner = openFolder(folder, name);
    for (const entry of readNames(inner)) removeTree(inner, entry);
  }
  removeDirectory(folder, name);
}

const atOnce = 8;
const deepestHeld = 100;

/**
 * The same, off the engine's thread: a large tree, or a busy disk, holds nobody else up. A tree that is deeper than
 * there are handles is taken apart: what lies deep is moved up into `folder` first.
 */
export async function discardTree(folder: Descriptor, name: ByteName): Promise<void> {
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await discardOne({ top: folder, waiting }, { folder, name: next }, 0);
}

interface Discard {
  readonly top: Descriptor;
  /** Names in `top` that are still to go. */
  readonly waiting: ByteName[];
}

async function discardOne(discard: Discard, { folder, name }: Place, depth: number): Promise<void> {
  if (await removeNameLater(folder, name) !== "is-folder") return;
  if (depth === deepestHeld) {
    const moved = byteNameOf(`deep-${randomUUID()}`);
    renameIn({ folder, name }, { folder: discard.top, name: moved });
    discard.waiting.push(moved);
    return;
  }
  {
    using inner = openFolder(folder, name);
    const names = readNames(inner);
    for (let at = 0; at < names.length; at += atOnce) {
      await Promise.all(names.slice(at, at + atOnce).map((entry) => discardOne(discard, { folder: inner, name: entry }, depth + 1)));
    }
  }
  await removeDirectoryLater(folder, name);
}

/** Removes what is in a folder, and keeps the folder. */
export function emptyTree(folder: Descriptor): void {
  for (const name of readNames(folder)) removeTree(folder, name);
}

const countedAtOnce = 100;

/** Bytes that the files of a tree take, each counted once, also with several names; others have their turn meanwhile. */
export async function treeSize(folder: Descriptor): Promise<number> {
  const count = sizes(folder, new Set());
  for (let files = 1; ; files += 1) {
    const next = count.next();
    if (next.done === true) return next.value;
    if (files % countedAtOnce === 0) await setImmediate();
  }
}

function* sizes(folder: Descriptor, seen: Set<bigint>): Generator<undefined, number> {
  let size = 0;
  for (const name of readNames(folder)) {
    yield;
    const status = statusOf(folder, name);
    if (status === undefined) continue;
    if (status.type === "directory") {
      using inner = openFolder(folder, name);
      size += yield* sizes(inner, seen);
    } else if (status.links === 1 || !seen.has(status.inode)) {
      seen.add(status.inode);
      size += status.size;
    }
  }
  return size;
}

/**
 * Copies what is in one folder into another with owners, modes, times, extended attributes, hard links, holes and
 * nodes; the second folder gets the first one's owner, mode and times too. Others have their turn after each entry, and
 * content is copied off the engine's thread.
 */
export async function copyTree(from: Descriptor, to: Descriptor): Promise<void> {
  await copyFolder({ from, to, path: "" as ByteName, root: to, copied: new Map() });
}

interface FolderCopy {
  readonly from: Descriptor;
  readonly to: Descriptor;
  /** Of `to`, from the root of the copy; empty or with a slash at its end. */
  readonly path: ByteName;
  readonly root: Descriptor;
  /** The first copy of each file with several names: its folder's path and its name. */
  readonly copied: Map<bigint, { readonly path: ByteName; readonly name: ByteName }>;
}

async function copyFolder(copy: FolderCopy): Promise<void> {
  const { from, to } = copy;
  const itself = "." as ByteName;
  for (const name of readNames(from)) {
    await copyEntry(copy, name);
    await setImmediate();
  }
  for (const [name, value] of readAttributes(from, itself)) setAttribute(to, itself, { name, value });
  const status = fileStatus(from);
  setOwnerOf(to, status);
  setModeOf(to, status.mode);
  setTimesOf(to, status);
}

async function copyEntry(copy: FolderCopy, name: ByteName): Promise<void> {
  const { from, to, path, root, copied } = copy;
  const status = statusOf(from, name);
  if (status === undefined) return;
  if (status.type === "directory") {
    makeDirectory(to, name, 0o700);
    using inner = openFolder(from, name);
    using made = openFolder(to, name);
    await copyFolder({ ...copy, from: inner, to: made, path: `${path}${name}/` as ByteName });
    return;
  }
  const first = copied.get(status.inode);
  if (first !== undefined) {
    using folder = openIn(root, first.path, openFlags.directory | openFlags.pathOnly, { resolve: "no-links" });
    makeHardLink({ folder, name: first.name }, { folder: to, name });
    return;
  }
  if (status.links > 1) copied.set(status.inode, { path, name });
  await copyContent({ from, to, name }, status);
  setOwner(to, name, status);
  for (const [attribute, value] of readAttributes(from, name)) setAttribute(to, name, { name: attribute, value });
  if (status.type === "file") restoreMode(to, name, status.mode);
  else if (status.type !== "symlink") setNodeMode(to, name, status.mode);
  setTimes(to, name, status);
}

interface Step {
  readonly from: Descriptor;
  readonly to: Descriptor;
  readonly name: ByteName;
}

async function copyContent({ from, to, name }: Step, status: FileStatus): Promise<void> {
  if (status.type === "file") await copyFile({ from, to, name }, status);
  else if (status.type === "symlink") makeSymbolicLink(to, name, readSymbolicLink(from, name));
  else if (status.type !== "directory") makeNode(to, name, { type: status.type, mode: status.mode, device: status.node });
}

function restoreMode(to: Descriptor, name: ByteName, mode: number): void {
  using file = openIn(to, name, openFlags.noFollow | openFlags.nonBlocking, { resolve: "no-links" });
  setModeOf(file, mode);
}

async function copyFile({ from, to, name }: Step, status: FileStatus): Promise<void> {
  using source = openIn(from, name, openFlags.noFollow | openFlags.nonBlocking, { resolve: "no-links" });
  using target = openIn(to, name, openFlags.writeOnly | openFlags.create | openFlags.exclusive, { resolve: "no-links", mode: 0o600 });
  const position = Buffer.alloc(8);
  for (const [begin, end] of dataRanges(source, status.size)) {
    position.writeBigInt64LE(BigInt(begin));
    succeed(seek(target.number, begin, seekSet), () => "find a place in a copy");
    for (let at = begin; at < end; at = Number(position.readBigInt64LE())) {
      const count = await copyPiece({ source, target, position, size: Math.min(copiedAtOnce, end - at) });
      if (count === 0) break;
    }
  }
  setSize(target, status.size);
}

interface Piece {
  readonly source: Descriptor;
  /** Written to at its own position. */
  readonly target: Descriptor;
  /** Where to read, moved on by what was read. */
  readonly position: Uint8Array;
  readonly size: number;
}

/** The file system shares the content where it can, so that a copy takes neither time nor room. @returns bytes */
async function copyPiece({ source, target, position, size }: Piece): Promise<number> {
  const shared = await copyFileRange.later(source.number, position, target.number, null, size, 0);
  if (!cannotShare.has(-shared)) return succeed(shared, () => "copy a file");
  return succeed(await sendFile.later(target.number, source.number, position, size), () => "copy a file");
}

/** Between two file systems, or on one that has no such call. */
const cannotShare: ReadonlySet<number> = new Set([errnoOf("EXDEV"), errnoOf("EOPNOTSUPP"), errnoOf("EINVAL"), errnoOf("ENOSYS")]);

/** Where a file has data; the rest are holes. */
function* dataRanges(file: Descriptor, size: number): Generator<readonly [begin: number, end: number]> {
  for (let at = 0; at < size; ) {
    let begin: number;
    try {
      begin = succeed(seek(file.number, at, seekData), () => "find data in a file");
    } catch (error) {
      if (isSystemError(error, "ENXIO")) return;
      throw error;
    }
    const end = succeed(seek(file.number, begin, seekHole), () => "find a hole in a file");
    yield [begin, end];
    at = end;
  }
}
