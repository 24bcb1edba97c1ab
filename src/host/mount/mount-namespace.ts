import { openSync, readlinkSync, readFileSync } from "node:fs";
import koffi from "koffi";
import { cString, Descriptor, succeed, systemCall } from "../libc/index.ts";
import { setPropagation, unmount } from "./mount.ts";
import { readMounts } from "./mount-info.ts";

const unshare = systemCall<[number]>("unshare", "i");
const execve = systemCall<[Uint8Array, Uint8Array, Uint8Array]>("execve", "ppp");
const openat = systemCall<[number, Uint8Array, number, number]>("openat", "ipii");
const newMountNamespace = 0x20000;
const currentDirectory = -100;

/** Tells the program that was started anew which mount namespace is its own. */
const marker = "WHARF_MOUNT_NAMESPACE";
/** And at which descriptor it finds the one that it came from. */
const origin = "WHARF_HOST_MOUNTS";

/** The mounts of the host, as they were and are outside of the engine's own namespace. */
export class HostMounts implements Disposable {
  readonly #namespace: Descriptor;

  /** @param number a descriptor of the namespace, which is closed */
  constructor(number: number) {
    using inherited = new Descriptor(number);
    // Opened anew, so that no program that the engine starts inherits it.
    this.#namespace = new Descriptor(openSync(`/proc/self/fd/${inherited.number}`, "r"));
  }

  get namespace(): Descriptor {
    return this.#namespace;
  }

  [Symbol.dispose](): void {
    this.#namespace.close();
  }
}

/**
 * Puts the whole process into a mount namespace of its own by starting its program anew, under the same pid; returns
 * the host's when it is in its own already. What the engine mounts from then on is gone when the last process in there is: a killed
 * engine leaks no mount. Mounts of the host go on arriving.
 *
 * On hosts with cgroups in hybrid mode the unused v2 tree is taken out of sight: crun refuses such hosts.
 * @param environment of this process; the new program gets it, with `additions`
 */
export function enterOwnMountNamespace(
  environment: Readonly<Record<string, string | undefined>>,
  additions: Readonly<Record<string, string>> = {},
): HostMounts {
  if (environment[marker] === currentMountNamespace()) return new HostMounts(Number(environment[origin]));
  const host = succeed(openat(currentDirectory, cString("/proc/thread-self/ns/mnt"), 0, 0), () => "open the host's mount namespace");
  succeed(unshare(newMountNamespace), () => "make a mount namespace");
  setPropagation("/", "slave", true);
  for (const { target } of readMounts().filter(isUnusedUnifiedTree)) unmount(target);
  const all: Readonly<Record<string, string | undefined>> = { ...environment, ...additions, [marker]: currentMountNamespace(), [origin]: String(host) };
  const variables = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const words = readFileSync("/proc/self/cmdline").toString().split("\0").slice(0, -1);
  const held = [pointers(words), pointers(variables)] as const;
  succeed(execve(cString("/proc/self/exe"), held[0].table, held[1].table), () => "start the engine in its mount namespace");
  throw new Error("a program went on after execve");
}

// By thread: only the calling thread has moved, and the process answers for its first one.
function currentMountNamespace(): string {
  return readlinkSync("/proc/thread-self/ns/mnt");
}

function isUnusedUnifiedTree(mount: { type: string; target: string }): boolean {
  return mount.type === "cgroup2" && mount.target === "/sys/fs/cgroup/unified";
}

/** A null-terminated table of pointers to strings; the strings are returned too, since the table does not keep them. */
function pointers(words: readonly string[]): { table: Uint8Array; strings: readonly Uint8Array[] } {
  const strings = words.map((word) => cString(word));
  const table = Buffer.alloc((words.length + 1) * 8);
  strings.forEach((string, i) => table.writeBigUInt64LE(koffi.address(string), i * 8));
  return { table, strings };
}
