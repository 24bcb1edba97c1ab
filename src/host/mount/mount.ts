import { cString, errnoOf, succeed, systemCall } from "../libc/index.ts";

const mountCall = systemCall<[Uint8Array | null, Uint8Array, Uint8Array | null, number, Uint8Array | null]>("mount", "pppip");
const unmountCall = systemCall<[Uint8Array, number]>("umount2", "pi");

/** Flags of mount(2). */
const mountFlags = {
  "read-only": 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  sync: 16,
  remount: 32,
  dirsync: 128,
  noatime: 1024,
  nodiratime: 2048,
  bind: 4096,
  recursive: 16384,
  relatime: 2 ** 21,
  strictatime: 2 ** 24,
  lazytime: 2 ** 25,
} as const;

const propagationFlags = { unbindable: 1 << 17, private: 1 << 18, slave: 1 << 19, shared: 1 << 20 } as const;
const recursive = mountFlags.recursive;
const detach = 2;
const noFollow = 8;

export type MountFlag = keyof typeof mountFlags;
export type Propagation = keyof typeof propagationFlags;

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  /** The file system, such as tmpfs; none for a bind mount or a remount. */
  readonly type?: string;
  readonly flags?: readonly MountFlag[];
  /** Options of the file system, comma-separated. At most a page. */
  readonly data?: string;
}

/** mount(2). @throws SystemError that names source and target */
export function mount({ source, target, type, flags = [], data }: MountRequest): void {
  const bits = flags.reduce((all, flag) => all | mountFlags[flag], 0);
  const text = (value: string | undefined): Uint8Array | null => (value === undefined ? null : cString(value));
  succeed(mountCall(cString(source), cString(target), text(type), bits, text(data)), () => `mount ${type ?? source} on ${target}`);
}

/** Says how mounts below a point travel to and from copies of it in other namespaces (mount_namespaces(7)). */
export function setPropagation(target: string, propagation: Propagation, whole: boolean): void {
  const bits = propagationFlags[propagation] | (whole ? recursive : 0);
  succeed(mountCall(null, cString(target), null, bits, null), () => `make ${target} ${propagation}`);
}

/**
 * Takes a mount away at once, for its users when they are done with it; links are not followed.
 * @returns false where nothing was mounted, or nothing is there
 */
export function unmount(target: string): boolean {
  return wasMounted(unmountCall(cString(target), detach | noFollow), target);
}

/** The same off the engine's thread: the last user of a file system may have to write it back first. */
export async function unmountLater(target: string): Promise<boolean> {
  return wasMounted(await unmountCall.later(cString(target), detach | noFollow), target);
}

function wasMounted(result: number, target: string): boolean {
  if (result === -errnoOf("EINVAL") || result === -errnoOf("ENOENT")) return false;
  succeed(result, () => `unmount ${target}`);
  return true;
}
