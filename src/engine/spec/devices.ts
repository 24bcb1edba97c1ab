import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DeviceMapping } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { DeviceRule, DeviceSpec } from "./runtime-spec.ts";

/** The devices that every container may use; the runtime makes their nodes. */
const alwaysAllowed: readonly DeviceRule[] = [
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  ...([[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 2]] as const)
    .map(([major, minor]) => ({ allow: true, type: "c", major, minor, access: "rwm" }) as const),
  { allow: true, type: "c", major: 136, access: "rwm" },
];

export interface Devices {
  readonly nodes: readonly DeviceSpec[];
  readonly rules: readonly DeviceRule[];
}

/**
 * Devices of a container: null, zero, full, random, urandom, tty, the terminals, and what `--device` adds; a privileged
 * container has all of the host's.
 * @throws EngineError `invalid-argument` with docker's text for a path that is no device
 */
export function resolveDevices(mappings: readonly DeviceMapping[], cgroupRules: readonly string[], privileged: boolean): Devices {
  const added = mappings.flatMap((mapping) => resolveMapping(mapping));
  const extra = cgroupRules.map(parseRule);
  if (privileged) return { nodes: hostDevices("/dev"), rules: [{ allow: true, access: "rwm" }] };
  return {
    nodes: added.map(({ node }) => node),
    rules: [{ allow: false, access: "rwm" }, ...alwaysAllowed, ...added.map(({ rule }) => rule), ...extra],
  };
}

interface Mapped {
  readonly node: DeviceSpec;
  readonly rule: DeviceRule;
}

function resolveMapping({ PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions }: DeviceMapping): Mapped[] {
  const access = permissions === "" ? "rwm" : permissions;
  if (!/^[rwm]{1,3}$/.test(access)) throw new EngineError("invalid-argument", `invalid device permissions ${JSON.stringify(permissions)}`);
  const path = target === "" ? source : target;
  const status = statSync(source, { throwIfNoEntry: false });
  if (status === undefined) throw new EngineError("invalid-argument", `error gathering device information while adding custom device "${source}": no such file or directory`);
  const nodes = status.isDirectory() ? hostDevices(source).map((node) => ({ ...node, path: join(path, node.path.slice(source.length)) })) : [readDevice(source, path)];
  const found = nodes.filter((node) => node !== undefined);
  if (found.length === 0) throw new EngineError("invalid-argument", `error gathering device information while adding custom device "${source}": not a device node`);
  return found.map((node) => ({ node, rule: { allow: true, type: node.type === "b" ? "b" : "c", major: node.major, minor: node.minor, access } }));
}

/** A device of the host. @throws EngineError `invalid-argument`, docker's text, where there is none */
export function deviceNode(source: string, path: string): DeviceSpec {
  const node = readDevice(source, path);
  if (node === undefined) throw new EngineError("invalid-argument", `error gathering device information while adding custom device "${source}": not a device node`);
  return node;
}

function readDevice(source: string, path: string): DeviceSpec | undefined {
  const status = statSync(source, { throwIfNoEntry: false });
  if (status === undefined || !(status.isCharacterDevice() || status.isBlockDevice())) return undefined;
  return {
    path,
    type: status.isBlockDevice() ? "b" : "c",
    major: majorOf(status.rdev),
    minor: minorOf(status.rdev),
    fileMode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
  };
}

// The kernel's packing of a device number in stat(2).
export function majorOf(device: number): number {
  return Math.floor(device / 256) & 0xfff;
}

export function minorOf(device: number): number {
  return (device & 0xff) | ((Math.floor(device / 2 ** 20) & 0xfff) << 8);
}

const ownByContainer = new Set(["pts", "shm", "mqueue", "fd", "console", "ptmx"]);

function hostDevices(folder: string): DeviceSpec[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (folder === "/dev" && ownByContainer.has(entry.name)) return [];
    if (entry.isDirectory()) return hostDevices(path);
    const device = entry.isSymbolicLink() ? undefined : readDevice(path, path);
    return device === undefined ? [] : [device];
  });
}

/** "c 42:* rmw" (docker run --device-cgroup-rule). */
function parseRule(text: string): DeviceRule {
  const match = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/.exec(text);
  if (match === null) throw new EngineError("invalid-argument", `invalid device cgroup rule format: '${text}'`);
  const [, type, major, minor, access = ""] = match;
  return {
    allow: true,
    type: type === "a" ? "a" : type === "b" ? "b" : "c",
    access,
    ...(major === "*" ? {} : { major: Number(major) }),
    ...(minor === "*" ? {} : { minor: Number(minor) }),
  };
}
