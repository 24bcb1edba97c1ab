import { cString, Descriptor, isSystemError, succeed, SystemError, systemCall } from "../libc/index.ts";

const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");
const unshare = systemCall<[number]>("unshare", "i");
const setns = systemCall<[number, number]>("setns", "ii");
const fchdir = systemCall<[number]>("fchdir", "i");
const chroot = systemCall<[Uint8Array]>("chroot", "p");

const currentDirectory = -100;
const pathOnly = 0o10000000;
const closeOnExec = 0o2000000;
const newMountNamespace = 0x20000;
const ownFileSystemState = 0x200;

/** Who has a mount namespace: a process, or the host. */
export interface NamespaceHolder {
  /** @throws SystemError ESRCH where the process has ended */
  enter(namespaces: number): void;
}

/**
 * Runs `action` in the mount namespace of another, whose root is "/" there. One synchronous stretch: the thread is
 * back before anything else can run on it. What is done in it must load nothing and start nothing, since every path leads
 * into a tree that a container controls; handles that it opened serve for the rest.
 * @returns undefined where the process has ended
 */
export function insideMountNamespace<T>(holder: NamespaceHolder, action: () => T): { readonly result: T } | undefined {
  leaveSharedState();
  using home = open("/proc/thread-self/ns/mnt", 0);
  using root = open("/", pathOnly);
  using folder = open(".", pathOnly);
  try {
    holder.enter(newMountNamespace);
  } catch (error) {
    if (isSystemError(error, "ESRCH")) return undefined;
    throw error;
  }
  try {
    return { result: action() };
  } finally {
    returnOrDie({ home, root, folder });
  }
}

/**
 * Threads share root and working folder, and the kernel lets none that does so change its namespace (setns(2)). Each time,
 * since a thread that was born of this one meanwhile shares them again.
 */
function leaveSharedState(): void {
  succeed(unshare(ownFileSystemState), () => "give the engine's thread a root of its own");
}

/** A thread that stays in a container's namespace would run everything that follows on the container's files: better to end. */
function returnOrDie({ home, root, folder }: { readonly home: Descriptor; readonly root: Descriptor; readonly folder: Descriptor }): void {
  const steps = [() => setns(home.number, newMountNamespace), () => fchdir(root.number), () => chroot(cString(".")), () => fchdir(folder.number)];
  for (const step of steps) {
    const result = step();
    if (result >= 0) continue;
    process.stderr.write(`${new SystemError("return from a mount namespace", -result).message}\n`);
    process.abort();
  }
}

function open(path: string, flags: number): Descriptor {
  return new Descriptor(succeed(openat(currentDirectory, cString(path), flags | closeOnExec, 0), () => `open ${path}`));
}
