import { lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { absolutePath, saysFolder, saysItself, splitPath } from "./byte-path.ts";
import { hasCode, localError } from "./local-error.ts";

/** What is to be copied from here. */
export interface LocalSource {
  /** With no link on the way to its last name. */
  readonly path: string;
  readonly isFolder: boolean;
  /** What it is called when it arrives under its own name: "." where what is in a folder is meant. */
  readonly name: string;
}

/** @throws Error in docker's words where it is not there */
export function localSource(written: string, { followsLink }: { readonly followsLink: boolean }): LocalSource {
  const path = absolutePath(written);
  const { folder, name } = splitPath(path);
  const resolved = followsLink || name === "." || path.endsWith("/") ? real(path) : join(real(folder), name);
  const status = attempt(`lstat ${path}`, () => lstatSync(resolved));
  if (saysFolder(path) && !status.isDirectory()) throw new Error("not a directory");
  return { path: resolved, isFolder: status.isDirectory(), name: saysItself(path) ? "." : name };
}

/** docker names what is missing, which may be what a link leads to. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) throw new Error("not a directory", { cause: error });
    throw localError(`lstat ${firstMissing(path)}`, error);
  }
}

function firstMissing(path: string): string {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status?.isSymbolicLink() !== true) return path.replace(/\/\.?$/, "");
  return firstMissing(linkTarget(path));
}

/** Where something is to be copied to, and what is there. */
export interface LocalTarget {
  readonly path: string;
  readonly exists: boolean;
  readonly isFolder: boolean;
}

const mostLinks = 10;

/**
 * A link is taken to what it leads to, which need not be there.
 * @throws Error in docker's words where it cannot be written
 */
export function localTarget(written: string): LocalTarget {
  const path = absolutePath(written);
  checkParent(path);
  let at = path;
  for (let links = 0; ; links++) {
    const status = attempt(`lstat ${at}`, () => lstatSync(at, { throwIfNoEntry: false }));
    if (status === undefined) break;
    if (!status.isSymbolicLink()) return { path: at, exists: true, isFolder: status.isDirectory() };
    if (links > mostLinks) throw new Error(`too many symlinks in ${path}`);
    at = linkTarget(at);
  }
  const { folder } = splitPath(at);
  if (!attempt(`stat ${folder}`, () => statSync(folder)).isDirectory()) throw new Error("not a directory");
  return { path: at, exists: false, isFolder: false };
}

function linkTarget(path: string): string {
  const link = readlinkSync(path);
  return isAbsolute(link) ? link : join(splitPath(path).folder, link);
}

function checkParent(path: string): void {
  const parent = dirname(path.replace(/(.)\/\.?$/, "$1"));
  if (statSync(parent, { throwIfNoEntry: false }) === undefined) throw new Error(`invalid output path: directory ${JSON.stringify(parent)} does not exist`);
  const status = attempt(`stat ${path}`, () => statSync(path, { throwIfNoEntry: false }));
  if (status?.isCharacterDevice() === true || status?.isBlockDevice() === true) {
    throw new Error(`invalid output path: ${JSON.stringify(path)} must be a directory or a regular file: got a device`);
  }
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw localError(what, error);
  }
}
