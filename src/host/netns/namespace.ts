import { Descriptor, SystemError, cString, errnoOf, succeed, systemCall } from "../libc/index.ts";

const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");
const write = systemCall<[number, Uint8Array, number]>("write", "ipi");
const unshare = systemCall<[number]>("unshare", "i");
const setns = systemCall<[number, number]>("setns", "ii");
const mount = systemCall<[Uint8Array, Uint8Array, null, number, null]>("mount", "pppip");
const umount2 = systemCall<[Uint8Array, number]>("umount2", "pi");
const unlinkat = systemCall<[number, Uint8Array, number]>("unlinkat", "ipi");
const statfs = systemCall<[Uint8Array, Uint8Array]>("statfs", "pp");

const currentDirectory = -100;
const flags = { readOnly: 0, writeOnly: 1, create: 0o100, exclusive: 0o200, closeOnExec: 0o2000000 };
const newNetwork = 0x4000_0000;
const bindMount = 4096;
const detach = 2;
/** linux/magic.h, NSFS_MAGIC. */
const namespaceFileSystem = 0x6e736673;
const ownNamespace = "/proc/thread-self/ns/net";

/**
 * Makes a network namespace, kept by a mount on `path`, and runs `inside` in it. One synchronous stretch: the thread is
 * back where it was before anything else can run on it. Keep the stretch short, since a thread that the runtime starts
 * meanwhile is born into the namespace; a netlink socket made in it serves for the rest. After an error nothing is left.
 */
export function createNetworkNamespace<T>(path: string, inside: () => T): T {
  using home = open(ownNamespace, flags.readOnly);
  open(path, flags.readOnly | flags.create | flags.exclusive).close();
  try {
    succeed(unshare(newNetwork), () => "make a network namespace");
    try {
      const target = cString(path);
      succeed(mount(cString(ownNamespace), target, null, bindMount, null), () => `keep a network namespace at ${path}`);
      return inside();
    } finally {
      enterOrDie(home);
    }
  } catch (error) {
    removeNetworkNamespace(path);
    throw error;
  }
}

/** Runs `action` inside a namespace that was made earlier; synchronous for the same reason. */
export function insideNetworkNamespace<T>(path: string, action: () => T): T {
  using home = open(ownNamespace, flags.readOnly);
  using inside = open(path, flags.readOnly);
  succeed(setns(inside.number, newNetwork), () => `enter the network namespace ${path}`);
  try {
    return action();
  } finally {
    enterOrDie(home);
  }
}

/** Gives up a namespace; the kernel takes it apart once no process is left in it. One that is gone is no error. */
export function removeNetworkNamespace(path: string): void {
  const target = cString(path);
  const unmounted = umount2(target, detach);
  if (unmounted !== -errnoOf("EINVAL") && unmounted !== -errnoOf("ENOENT")) {
    succeed(unmounted, () => `give up the network namespace ${path}`);
  }
  const removed = unlinkat(currentDirectory, target, 0);
  if (removed !== -errnoOf("ENOENT")) succeed(removed, () => `remove ${path}`);
}

/** Whether a namespace is mounted on the path, as after a reboot it no longer is. */
export function isNetworkNamespace(path: string): boolean {
  const result = Buffer.alloc(120);
  const outcome = statfs(cString(path), result);
  if (outcome === -errnoOf("ENOENT")) return false;
  succeed(outcome, () => `look at ${path}`);
  return result.readUInt32LE(0) === namespaceFileSystem;
}

/**
 * Writes a setting of the thread's network namespace.
 * @param name as below /proc/sys/net, such as "ipv4/ip_forward"
 */
export function writeNetworkSetting(name: string, value: string): void {
  using file = open(`/proc/sys/net/${name}`, flags.writeOnly);
  const data = Buffer.from(value);
  succeed(write(file.number, data, data.length), () => `set net/${name} to ${value}`);
}

/** A descriptor of a namespace, for links that are made in it from outside. */
export function openNetworkNamespace(path: string): Descriptor {
  return open(path, flags.readOnly);
}

function open(path: string, how: number): Descriptor {
  const opened = openat(currentDirectory, cString(path), how | flags.closeOnExec, 0o444);
  return new Descriptor(succeed(opened, () => `open ${path}`));
}

/** A thread in the wrong namespace would run everything that follows in a container's network: better to end. */
function enterOrDie(home: Descriptor): void {
  const entered = setns(home.number, newNetwork);
  if (entered >= 0) return;
  process.stderr.write(`${new SystemError("return from a network namespace", -entered).message}\n`);
  process.abort();
}
