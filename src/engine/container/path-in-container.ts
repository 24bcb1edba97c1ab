import { posix } from "node:path";
import type { ContainerPathStat } from "../../api/types/index.ts";
import { EngineError, formatTimestamp } from "../../base/index.ts";
import {
  byteNameOf, displayName, fileStatus, openFlags, openIn, readSymbolicLink, statusOf, type ByteName, type FileStatus, type FileType,
} from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";

/** A path as a client writes it, taken from the container's root; what it ends in says whether a folder is meant. */
export interface AskedPath {
  /** As written, for errors. */
  readonly written: string;
  /** Absolute and clean, but for a slash or "/." at its end where one was written. */
  readonly path: string;
  readonly isFolder: boolean;
  /** What is archived under this name. */
  readonly name: string;
}

export function parseAskedPath(written: string): AskedPath {
  const clean = posix.normalize(`/${written}`).replace(/(.)\/$/, "$1");
  const isItself = /(^|\/)\.$/.test(written);
  const isFolder = isItself || written.endsWith("/");
  const path = `${clean}${isFolder && clean !== "/" ? "/" : ""}${isItself ? "." : ""}`;
  return { written, path, isFolder, name: isItself ? "." : (posix.basename(clean) || "/") };
}

/** A handle that only stands for what is there: a link itself, unless a folder is meant. @throws EngineError docker's texts */
export function openAsked(root: Descriptor, asked: AskedPath, container: string): Descriptor {
  return opened(asked, container, () => openIn(root, byteNameOf(asked.path), openFlags.pathOnly | (asked.isFolder ? openFlags.directory : openFlags.noFollow)));
}

/** The same, of what a link leads to. */
export function openFollowed(root: Descriptor, asked: AskedPath, container: string): Descriptor {
  return opened(asked, container, () => openIn(root, byteNameOf(asked.path), openFlags.pathOnly));
}

/** The folder that it is in. */
export function openParent(root: Descriptor, asked: AskedPath, container: string): Descriptor {
  return opened(asked, container, () => openIn(root, byteNameOf(posix.dirname(asked.path)), openFlags.directory));
}

function opened(asked: AskedPath, container: string, open: () => Descriptor): Descriptor {
  try {
    return open();
  } catch (error) {
    if (isSystemError(error, "ENOENT")) throw new EngineError("not-found", `Could not find the file ${asked.written} in container ${container}`, { cause: error });
    if (isSystemError(error, "ENOTDIR")) throw new EngineError("invalid-argument", `lstat ${asked.path}: not a directory`, { cause: error });
    if (isSystemError(error, "ELOOP")) throw new EngineError("invalid-argument", `lstat ${asked.path}: too many levels of symbolic links`, { cause: error });
    if (isSystemError(error, "ENAMETOOLONG")) throw new EngineError("invalid-argument", `lstat ${asked.path.slice(0, 256)}…: file name too long`, { cause: error });
    throw error;
  }
}

export function statOf(root: Descriptor, { path, name }: AskedPath, handle: Descriptor): ContainerPathStat {
  const status = fileStatus(handle);
  const { seconds, nanoseconds } = status.modified;
  return {
    name,
    size: status.size,
    mode: goMode(status),
    mtime: formatTimestamp(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)),
    linkTarget: status.type === "symlink" ? displayName(linkTarget(root, path)) : "",
  };
}

const kindBits: Readonly<Record<FileType, number>> = {
  file: 0, directory: 2 ** 31, symlink: 2 ** 27, block: 2 ** 26, fifo: 2 ** 25, socket: 2 ** 24, char: 2 ** 26 + 2 ** 21,
};

/** Go's fs.FileMode of a file. */
export function goMode({ type, mode }: Pick<FileStatus, "type" | "mode">): number {
  const special = [[0o4000, 2 ** 23], [0o2000, 2 ** 22], [0o1000, 2 ** 20]] as const;
  return kindBits[type] + (mode & 0o777) + special.reduce((sum, [bit, value]) => sum + ((mode & bit) === 0 ? 0 : value), 0);
}

const mostLinks = 255;

/** Where a path leads to in the end, as far as it goes: the last part need not be there. Only a text, which nothing relies on. */
function linkTarget(root: Descriptor, path: string): ByteName {
  const left = partsOf(byteNameOf(path));
  let at = "";
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    const link = part === ".." ? undefined : readLink(root, at, part);
    if (part === "..") at = at.slice(0, Math.max(at.lastIndexOf("/"), 0));
    else if (link === undefined) at = `${at}/${part}`;
    else {
      links += 1;
      if (links > mostLinks) return path as ByteName;
      if (link.startsWith("/")) at = "";
      left.unshift(...partsOf(link));
    }
  }
  return (at || "/") as ByteName;
}

function partsOf(path: ByteName): ByteName[] {
  return path.split("/").filter((part) => part !== "" && part !== ".") as ByteName[];
}

/** @returns undefined for what is no link, or not there */
function readLink(root: Descriptor, folder: string, name: ByteName): ByteName | undefined {
  try {
    using parent = openIn(root, (folder || "/") as ByteName, openFlags.pathOnly | openFlags.directory);
    return statusOf(parent, name)?.type === "symlink" ? readSymbolicLink(parent, name) : undefined;
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EINVAL", "ELOOP")) return undefined;
    throw error;
  }
}
