import { cString, Descriptor, succeed, systemCall } from "../libc/index.ts";

const openTreeCall = systemCall<[number, Uint8Array, number]>("open_tree", "ipi");
const moveMount = systemCall<[number, Uint8Array, number, Uint8Array, number]>("move_mount", "ipipi");

const currentDirectory = -100;
const clone = 1;
const closeOnExec = 0o2000000;
const emptyPath = 0x1000;
const recursive = 0x8000;
const fromDescriptor = 0x04;
const toDescriptor = 0x40;

/**
 * A copy of a mount, or of the part of it that begins at a folder or file, which is in no namespace yet (open_tree(2)).
 * It is gone with its handle unless it is attached.
 * @param place a path of our own, or a handle
 * @param whole takes the mounts below it along
 */
export function cloneMount(place: string | Descriptor, whole: boolean): Descriptor {
  const [folder, path, empty] = typeof place === "string" ? [currentDirectory, place, 0] : [place.number, "", emptyPath];
  const result = openTreeCall(folder, cString(path), clone | closeOnExec | empty | (whole ? recursive : 0));
  return new Descriptor(succeed(result, () => `copy the mount of ${typeof place === "string" ? place : "a handle"}`));
}

/** Shows a copied mount at a folder or file that is held by handle: no path is looked up, so nothing can redirect it. */
export function attachMount(copied: Descriptor, target: Descriptor): void {
  const result = moveMount(copied.number, cString(""), target.number, cString(""), fromDescriptor | toDescriptor);
  succeed(result, () => "attach a mount");
}
