import { cString, errnoOf, succeed, systemCall, type Descriptor } from "../libc/index.ts";
import { displayName, nameBytes, type ByteName } from "./names.ts";
import type { FileTime } from "./status.ts";

const mkdirat = systemCall<[number, Uint8Array, number]>("mkdirat", "ipi");
const mknodat = systemCall<[number, Uint8Array, number, number]>("mknodat", "ipii");
const symlinkat = systemCall<[Uint8Array, number, Uint8Array]>("symlinkat", "pip");
const linkat = systemCall<[number, Uint8Array, number, Uint8Array, number]>("linkat", "ipipi");
const unlinkat = systemCall<[number, Uint8Array, number]>("unlinkat", "ipi");
const renameat2 = systemCall<[number, Uint8Array, number, Uint8Array, number]>("renameat2", "ipipi");
const fchownat = systemCall<[number, Uint8Array, number, number, number]>("fchownat", "ipiii");
const fchmodat = systemCall<[number, Uint8Array, number]>("fchmodat", "ipi");
const fchmod = systemCall<[number, number]>("fchmod", "ii");
const fchown = systemCall<[number, number, number]>("fchown", "iii");
const ftruncate = systemCall<[number, number]>("ftruncate", "ii");
const utimensat = systemCall<[number, Uint8Array | null, Uint8Array, number]>("utimensat", "ippi");
const readlinkat = systemCall<[number, Uint8Array, Uint8Array, number]>("readlinkat", "ippi");

const noFollow = 0x100;
const removeFolder = 0x200;

export type NodeType = "char" | "block" | "fifo" | "socket" | "file";

const nodeTypes: Readonly<Record<NodeType, number>> = { char: 0o20000, block: 0o60000, fifo: 0o10000, socket: 0o140000, file: 0o100000 };

/*
 * Everything here works on a name in a folder that is held by handle. The last name is never followed when it is a
 * link, and must not have a slash in it.
 */

export function makeDirectory(folder: Descriptor, name: ByteName, mode: number): void {
  succeed(mkdirat(folder.number, path(name), mode), () => `make the folder ${displayName(name)}`);
}

/** The device number as the kernel packs it for mknod(2). */
export function deviceNumber({ major, minor }: { readonly major: number; readonly minor: number }): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + Math.floor(minor / 0x100) * 0x100000 + Math.floor(major / 0x1000) * 2 ** 44;
}

export interface NodeRequest {
  readonly type: NodeType;
  readonly mode: number;
  readonly device?: { readonly major: number; readonly minor: number };
}

/** Makes a device node, FIFO, socket or empty file; the mode is set whatever the process's mask. */
export function makeNode(folder: Descriptor, name: ByteName, { type, mode, device }: NodeRequest): void {
  const number = device === undefined ? 0 : deviceNumber(device);
  succeed(mknodat(folder.number, path(name), nodeTypes[type] | mode, number), () => `make the node ${displayName(name)}`);
}

export function makeSymbolicLink(folder: Descriptor, name: ByteName, target: ByteName): void {
  succeed(symlinkat(cString(nameBytes(target)), folder.number, path(name)), () => `make the link ${displayName(name)}`);
}

export interface Place {
  readonly folder: Descriptor;
  readonly name: ByteName;
}

/** Gives a file a second name; a link is linked itself. */
export function makeHardLink(existing: Place, made: Place): void {
  const result = linkat(existing.folder.number, path(existing.name), made.folder.number, path(made.name), 0);
  succeed(result, () => `link ${displayName(made.name)} to ${displayName(existing.name)}`);
}

export function renameIn(from: Place, to: Place): void {
  const result = renameat2(from.folder.number, path(from.name), to.folder.number, path(to.name), 0);
  succeed(result, () => `rename ${displayName(from.name)} to ${displayName(to.name)}`);
}

/** Removes a name that is no folder. @returns false where there is none */
export function removeName(folder: Descriptor, name: ByteName): boolean {
  return removed(unlinkat(folder.number, path(name), 0), name);
}

/** Removes an empty folder. @returns false where there is none */
export function removeDirectory(folder: Descriptor, name: ByteName): boolean {
  return removed(unlinkat(folder.number, path(name), removeFolder), name);
}

export type Removal = "removed" | "absent" | "is-folder";

/** Removes a name that is no folder, off the engine's thread. */
export async function removeNameLater(folder: Descriptor, name: ByteName): Promise<Removal> {
  const result = await unlinkat.later(folder.number, path(name), 0);
  if (result === -errnoOf("EISDIR")) return "is-folder";
  return removed(result, name) ? "removed" : "absent";
}

/** Removes an empty folder, off the engine's thread. */
export async function removeDirectoryLater(folder: Descriptor, name: ByteName): Promise<void> {
  removed(await unlinkat.later(folder.number, path(name), removeFolder), name);
}

function removed(result: number, name: ByteName): boolean {
  if (result === -errnoOf("ENOENT")) return false;
  succeed(result, () => `remove ${displayName(name)}`);
  return true;
}

export function setOwner(folder: Descriptor, name: ByteName, owner: { readonly uid: number; readonly gid: number }): void {
  const result = fchownat(folder.number, path(name), owner.uid, owner.gid, noFollow);
  succeed(result, () => `set the owner of ${displayName(name)} to ${owner.uid}:${owner.gid}`);
}

export function setOwnerOf(file: Descriptor, owner: { readonly uid: number; readonly gid: number }): void {
  succeed(fchown(file.number, owner.uid, owner.gid), () => `set an owner to ${owner.uid}:${owner.gid}`);
}

/** Of an open file or folder; setting the owner takes setuid away, so the mode comes after it. */
export function setModeOf(file: Descriptor, mode: number): void {
  succeed(fchmod(file.number, mode), () => `set a mode to ${mode.toString(8)}`);
}

/** Of a node, which cannot be opened. Follows a link: only for a name that was just made where nobody else writes. */
export function setNodeMode(folder: Descriptor, name: ByteName, mode: number): void {
  succeed(fchmodat(folder.number, path(name), mode), () => `set the mode of ${displayName(name)}`);
}

/** Of what a path-only handle stands for, so that nothing is followed or opened. A link has no mode: EOPNOTSUPP. */
export function setModeThrough(handle: Descriptor, mode: number): void {
  const result = fchmodat(-100, cString(`/proc/self/fd/${handle.number}`), mode);
  succeed(result, () => `set a mode to ${mode.toString(8)}`);
}

/** Cuts a file off, or gives it a hole at its end. */
export function setSize(file: Descriptor, size: number): void {
  succeed(ftruncate(file.number, size), () => `set the size of a file to ${size}`);
}

export interface Times {
  readonly accessed: FileTime;
  readonly modified: FileTime;
}

export function setTimes(folder: Descriptor, name: ByteName, times: Times): void {
  const result = utimensat(folder.number, path(name), timeRecords(times), noFollow);
  succeed(result, () => `set the times of ${displayName(name)}`);
}

export function setTimesOf(file: Descriptor, times: Times): void {
  succeed(utimensat(file.number, null, timeRecords(times), 0), () => "set the times of a file");
}

function timeRecords({ accessed, modified }: Times): Uint8Array {
  const records = Buffer.alloc(32);
  [accessed, modified].forEach(({ seconds, nanoseconds }, i) => {
    records.writeBigInt64LE(BigInt(seconds), i * 16);
    records.writeBigInt64LE(BigInt(nanoseconds), i * 16 + 8);
  });
  return records;
}

export function readSymbolicLink(folder: Descriptor, name: ByteName): ByteName {
  const buffer = Buffer.alloc(4096);
  const length = succeed(readlinkat(folder.number, path(name), buffer, buffer.length), () => `read the link ${displayName(name)}`);
  return buffer.subarray(0, length).toString("latin1") as ByteName;
}

/** Of a link that is held by a path-only handle: whatever has its name by now. */
export function readLinkOf(link: Descriptor): ByteName {
  const buffer = Buffer.alloc(4096);
  const length = succeed(readlinkat(link.number, cString(""), buffer, buffer.length), () => "read a link");
  return buffer.subarray(0, length).toString("latin1") as ByteName;
}

function path(name: ByteName): Uint8Array {
  return cString(nameBytes(name));
}
