import { readlinkSync } from "node:fs";
import { cString, Descriptor, errnoOf, isSystemError, succeed, systemCall } from "../libc/index.ts";
import { EngineError } from "../../base/index.ts";
import { byteName, displayName, nameBytes, type ByteName } from "./names.ts";
import { fileStatus } from "./status.ts";

const openat2 = systemCall<[number, Uint8Array, Uint8Array, number]>("openat2", "ippi");

/** Flags of open(2) on Linux; the same on x86_64 and aarch64 but for the two of folders and links. */
export const openFlags = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  nonBlocking: 0o4000,
  directory: process.arch === "arm64" ? 0o40000 : 0o200000,
  noFollow: process.arch === "arm64" ? 0o100000 : 0o400000,
  closeOnExec: 0o2000000,
  pathOnly: 0o10000000,
} as const;

const noMagicLinks = 0x02;
const noSymbolicLinks = 0x04;
const beneath = 0x08;
const inRoot = 0x10;

/**
 * How the links in a path are taken (openat2(2)):
 * - `in-root`: as a program would whose root the tree is; an absolute link and ".." end at the tree's root
 * - `beneath`: links may not lead out of the tree, an attempt fails with EXDEV
 * - `no-links`: a link anywhere in the path fails with ELOOP
 */
export type Resolution = "in-root" | "beneath" | "no-links";

const resolutions: Readonly<Record<Resolution, number>> = {
  "in-root": inRoot | noMagicLinks,
  beneath: beneath | noMagicLinks,
  "no-links": beneath | noMagicLinks | noSymbolicLinks,
};

export interface OpenOptions {
  readonly resolve?: Resolution;
  /** Mode of a file that is made. */
  readonly mode?: number;
}

/** A handle on a folder of our own, by its path: the root of a tree that somebody else controls. */
export function openTree(path: string): Descriptor {
  return openPath(-100, path, cString(path), { flags: openFlags.directory | openFlags.pathOnly, mode: 0, resolve: 0 });
}

/**
 * Opens a path of a tree. Whatever lies in the tree and however it changes meanwhile, nothing outside is reached.
 * @param flags of open(2); close-on-exec is always set
 * @throws SystemError
 */
export function openIn(tree: Descriptor, path: ByteName, flags: number, options: OpenOptions = {}): Descriptor {
  const { resolve = "in-root", mode = 0 } = options;
  const resolved = resolutions[resolve];
  return openPath(tree.number, displayName(path), cString(nameBytes(path === "" ? ("." as ByteName) : path)), { flags, mode, resolve: resolved });
}

const mostAttempts = 1000;

interface How {
  readonly flags: number;
  readonly mode: number;
  readonly resolve: number;
}

function openPath(folder: number, shown: string, path: Uint8Array, { flags, mode, resolve }: How): Descriptor {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(flags | openFlags.closeOnExec), 0);
  how.writeBigUInt64LE(BigInt(mode), 8);
  how.writeBigUInt64LE(BigInt(resolve), 16);
  let result = openat2(folder, path, how, how.length);
  // Something was renamed while the kernel went up a "..": it cannot tell where that led, and asks to try again (openat2(2)).
  for (let attempt = 1; result === -errnoOf("EAGAIN") && attempt < mostAttempts; attempt++) result = openat2(folder, path, how, how.length);
  return new Descriptor(succeed(result, () => `open ${shown}`));
}

/**
 * Opens a regular file of a tree for reading. It never waits, which a FIFO in its place would make it do.
 * @returns undefined where there is no such file
 * @throws EngineError `invalid-argument` where it is something else than a regular file
 */
export function openRegularFile(tree: Descriptor, path: ByteName): Descriptor | undefined {
  let file: Descriptor;
  try {
    file = openIn(tree, path, openFlags.readOnly | openFlags.nonBlocking);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
  if (fileStatus(file).type === "file") return file;
  file.close();
  throw new EngineError("invalid-argument", `${displayName(path)} is not a regular file`);
}

/**
 * Opens what a handle stands for anew, for reading: a path-only handle that was looked at first cannot be another file by
 * then, and a device that somebody put in its place is never opened.
 */
export function reopenForReading(file: Descriptor): Descriptor {
  const path = `/proc/self/fd/${file.number}`;
  return openPath(-100, path, cString(path), { flags: openFlags.readOnly | openFlags.nonBlocking, mode: 0, resolve: 0 });
}

/** Where a handle's file is now, by the kernel's own account, as this namespace sees it. */
export function pathOf(file: Descriptor): ByteName {
  return byteName(readlinkSync(`/proc/self/fd/${file.number}`, { encoding: "buffer" }));
}
