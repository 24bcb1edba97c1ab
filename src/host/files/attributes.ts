import { cString, errnoOf, succeed, systemCall, type Descriptor } from "../libc/index.ts";
import { displayName, nameBytes, type ByteName } from "./names.ts";

const lsetxattr = systemCall<[Uint8Array, Uint8Array, Uint8Array, number, number]>("lsetxattr", "pppii");
const lgetxattr = systemCall<[Uint8Array, Uint8Array, Uint8Array | null, number]>("lgetxattr", "pppi");
const llistxattr = systemCall<[Uint8Array, Uint8Array | null, number]>("llistxattr", "ppi");

const largestValue = 65536;

/*
 * The kernel has no extended-attribute calls relative to a folder before 6.13. The folder's handle in /proc stands for
 * it, and only the last name is looked up in it, without following.
 */

function pathOf(folder: Descriptor, name: ByteName): Uint8Array {
  return cString(Buffer.concat([Buffer.from(`/proc/self/fd/${folder.number}/`), nameBytes(name)]));
}

export function setAttribute(folder: Descriptor, name: ByteName, attribute: { readonly name: string; readonly value: Uint8Array }): void {
  const { value } = attribute;
  const result = lsetxattr(pathOf(folder, name), cString(attribute.name), value, value.length, 0);
  succeed(result, () => `set the attribute ${attribute.name} of ${displayName(name)}`);
}

/** @returns undefined where it has none of that name */
export function readAttribute(folder: Descriptor, name: ByteName, attribute: string): Uint8Array | undefined {
  const value = Buffer.alloc(largestValue);
  const result = lgetxattr(pathOf(folder, name), cString(attribute), value, value.length);
  if (result === -errnoOf("EOPNOTSUPP") || result === -61) return undefined;
  succeed(result, () => `read the attribute ${attribute} of ${displayName(name)}`);
  return Buffer.from(value.subarray(0, result));
}

export function readAttributes(folder: Descriptor, name: ByteName): Map<string, Uint8Array> {
  const path = pathOf(folder, name);
  const found = new Map<string, Uint8Array>();
  const size = llistxattr(path, null, 0);
  if (size === 0 || size === -errnoOf("EOPNOTSUPP")) return found;
  const list = Buffer.alloc(succeed(size, () => `list the attributes of ${displayName(name)}`) + 1024);
  const length = succeed(llistxattr(path, list, list.length), () => `list the attributes of ${displayName(name)}`);
  for (const attribute of list.subarray(0, length).toString().split("\0")) {
    const value = attribute === "" ? undefined : readAttribute(folder, name, attribute);
    if (value !== undefined) found.set(attribute, value);
  }
  return found;
}
