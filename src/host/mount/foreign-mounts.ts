import { readFileSync } from "node:fs";
import { callInSequence, cString, Descriptor, errnoOf, succeed, SystemError, systemCall, type SequencedCall } from "../libc/index.ts";
import { parseMountInfo, type MountInfo } from "./mount-info.ts";

const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");

const currentDirectory = -100;
const pathOnly = 0o10000000;
const closeOnExec = 0o2000000;
const newMountNamespace = 0x20000;
const ownFileSystemState = 0x200;
const clone = 1;
const recursive = 0x8000;

/** Who has a mount namespace: a process, or the host. */
export interface NamespaceHolder {
  /** Of the process (pidfd) or of the namespace itself. */
  readonly namespace: Descriptor;
}

export interface ForeignMounts extends Disposable {
  /** The root alone, with nothing that is mounted upon it. */
  readonly root: Descriptor;
  /** What is at each place, with what is mounted below; undefined where the place is not there. */
  readonly places: readonly (Descriptor | undefined)[];
}

/**
 * Copies the root of another mount namespace, and what is mounted at some places, as they are seen in there: links on the
 * way lead nowhere else.
 * @param places absolute
 * @returns undefined where the process has ended
 */
export function copyMountsOf(holder: NamespaceHolder, places: readonly string[]): ForeignMounts | undefined {
  const results = callInside(holder, [copyOf("/", false), ...places.map((place) => copyOf(place, true))]);
  if (results === undefined) return undefined;
  using stack = new DisposableStack();
  const handles = results.map((result) => (result >= 0 ? stack.use(new Descriptor(result)) : undefined));
  const [root, ...rest] = handles;
  if (root === undefined) throw new SystemError("copy the root of another mount namespace", -(results[0] ?? -1));
  rest.forEach((handle, i) => {
    const errno = -(results[i + 1] ?? -1);
    if (handle === undefined && !missing.has(errno)) throw new SystemError(`copy ${places[i] ?? ""} of another mount namespace`, errno);
  });
  const kept = stack.move();
  return { root, places: rest, [Symbol.dispose]: () => { kept.dispose(); } };
}

/** EINVAL: it leads to what is not of that namespace. */
const missing: ReadonlySet<number> = new Set([errnoOf("ENOENT"), errnoOf("ENOTDIR"), errnoOf("ELOOP"), errnoOf("EINVAL"), errnoOf("EACCES")]);

/**
 * Copies one mount of another namespace.
 * @param whole takes the mounts below it along
 * @returns undefined where the namespace is gone
 */
export function copyMountOf(holder: NamespaceHolder, path: string, whole: boolean): Descriptor | undefined {
  const [result] = callInside(holder, [copyOf(path, whole)]) ?? [];
  return result === undefined ? undefined : new Descriptor(succeed(result, () => `copy the mount of ${path}`));
}

/** Every mount of another namespace; none where it is gone. */
export function readMountsOf(holder: NamespaceHolder): MountInfo[] {
  const list = "/proc/thread-self/mountinfo";
  const [result] = callInside(holder, [{ name: "openat", arguments: [currentDirectory, cString(list), closeOnExec, 0] }]) ?? [];
  if (result === undefined) return [];
  // What it lists was settled when it was opened.
  using file = new Descriptor(succeed(result, () => `open ${list}`));
  return parseMountInfo(readFileSync(file.number, "utf8"));
}

function copyOf(path: string, whole: boolean): SequencedCall {
  return { name: "open_tree", arguments: [currentDirectory, cString(path), clone | closeOnExec | (whole ? recursive : 0)] };
}

/**
 * Makes calls in another mount namespace, whose root is "/" there. The thread goes in and comes back in one sequence of
 * calls, before anything else can run on it: a thread that was born of it in there would stay in there, and would keep
 * this one from coming back.
 * @returns undefined where the process has ended
 */
function callInside({ namespace }: NamespaceHolder, calls: readonly SequencedCall[]): readonly number[] | undefined {
  using home = open("/proc/thread-self/ns/mnt", 0);
  using root = open("/", pathOnly);
  using folder = open(".", pathOnly);
  const [alone = 0, entered = 0, ...results] = callInSequence([
    // Threads share root and working folder, and the kernel lets none that does so change its namespace (setns(2)).
    { name: "unshare", arguments: [ownFileSystemState], isRequired: true },
    { name: "setns", arguments: [namespace.number, newMountNamespace], isRequired: true },
    ...calls,
    { name: "setns", arguments: [home.number, newMountNamespace] },
    { name: "fchdir", arguments: [root.number] },
    { name: "chroot", arguments: [cString(".")] },
    { name: "fchdir", arguments: [folder.number] },
  ]);
  succeed(alone, () => "give the engine's thread a root of its own");
  if (entered === -errnoOf("ESRCH")) return undefined;
  succeed(entered, () => "enter another mount namespace");
  const all = results.filter((result) => result !== undefined);
  returnOrDie(all.slice(calls.length));
  return all.slice(0, calls.length);
}

/** A thread that stays in a container's namespace would run everything that follows on the container's files: better to end. */
function returnOrDie(results: readonly number[]): void {
  const failed = results.find((result) => result < 0);
  if (failed === undefined) return;
  process.stderr.write(`${new SystemError("return from a mount namespace", -failed).message}\n`);
  process.abort();
}

function open(path: string, flags: number): Descriptor {
  return new Descriptor(succeed(openat(currentDirectory, cString(path), flags | closeOnExec, 0), () => `open ${path}`));
}
