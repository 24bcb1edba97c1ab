import { EngineError } from "../../base/index.ts";
import type { CapabilitySets } from "./runtime-spec.ts";

/** Every capability of Linux 6 (capabilities(7)). */
const allCapabilities = [
  "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
  "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
] as const;

/** What a container has where nothing is said: docker's fourteen. */
const defaultCapabilities: readonly string[] = [
  "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
  "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
];

export interface CapabilityWishes {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
  /** Capabilities that the host itself may give; others are left out of "all". */
  readonly available: ReadonlySet<string>;
}

/**
 * The capabilities of a container: --cap-drop is taken before --cap-add, "ALL" is all of them, and privileged
 * containers have every one.
 * @throws EngineError `invalid-argument`, docker's text
 */
export function resolveCapabilities({ add, drop, privileged, available }: CapabilityWishes): readonly string[] {
  const added = add.map((wish) => normalize(wish, "CapAdd"));
  const dropped = drop.map((wish) => normalize(wish, "CapDrop"));
  for (const name of added) {
    if (name !== "ALL" && !available.has(name)) {
      throw new EngineError("invalid-argument", `invalid CapAdd: capability not supported by your kernel or not available in the current environment: "${name}"`);
    }
  }
  const all = allCapabilities.filter((name) => available.has(name));
  if (privileged) return all;
  const everything = added.includes("ALL");
  const start = everything ? all : dropped.includes("ALL") ? [] : defaultCapabilities.filter((name) => available.has(name));
  const kept = everything ? start.filter((name) => !dropped.includes(name)) : start.filter((name) => !dropped.includes(name) && !added.includes(name));
  return everything ? kept : [...kept, ...new Set(added)];
}

function normalize(wish: string, field: "CapAdd" | "CapDrop"): string {
  const upper = wish.toUpperCase();
  if (upper === "ALL") return upper;
  const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  if (!allCapabilities.some((known) => known === name)) {
    throw new EngineError("invalid-argument", `invalid ${field}: unknown capability: "${name}"`);
  }
  return name;
}

/** Reads the bounding set from /proc/self/status, which is the most that this host gives away. */
export function parseAvailableCapabilities(status: string): ReadonlySet<string> {
  const bits = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return new Set(allCapabilities.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 1n));
}

/**
 * All five sets, said explicitly. Inheritable is empty, since what is in it survives into programs that a user other
 * than root starts (CVE-2022-24769); whoever is not root has them in the bounding set only.
 */
export function capabilitySets(names: readonly string[], root: boolean): CapabilitySets {
  const held = root ? names : [];
  return { bounding: names, effective: held, permitted: held, inheritable: [], ambient: [] };
}
