import { posix } from "node:path";
import type { ContainerConfig, HostConfig, Mount } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";

/** A mount as it was asked for, whichever way it was spelled. */
export type MountWish = BindWish | VolumeWish | ImageWish | TmpfsWish;

interface AnyWish {
  /** Where it appears in the container: absolute and clean. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface BindWish extends AnyWish {
  readonly kind: "bind";
  readonly source: string;
  /** -v makes a missing folder, --mount does not. */
  readonly createSource: boolean;
  readonly recursive: boolean;
  readonly propagation: string;
  /** What was written after the second colon of -v, for inspect. */
  readonly mode: string;
  /** Whether read-only goes for the mounts below it as well; kernels before 5.12 cannot do that. */
  readonly readOnlyRecursive: "no" | "where-possible" | "always";
}

export interface VolumeWish extends AnyWish {
  readonly kind: "volume";
  /** Undefined: a volume without a name. */
  readonly name: string | undefined;
  /** Whether an empty volume gets what the image has there. */
  readonly copyUp: boolean;
  readonly mode: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly subpath: string | undefined;
  /** Declared by the image and not asked for by the user. */
  readonly fromImage: boolean;
}

/** The file system of an image, which nobody can change. */
export interface ImageWish extends AnyWish {
  readonly kind: "image";
  /** Its name or id. */
  readonly source: string;
  readonly subpath: string | undefined;
}

export interface TmpfsWish extends AnyWish {
  readonly kind: "tmpfs";
  /** Options for mount, such as size=64k. */
  readonly options: readonly string[];
}

const bindModes = new Set(["rw", "ro", "z", "Z", "cached", "delegated", "consistent", "nocopy", "copy", "shared", "slave", "private", "rshared", "rslave", "rprivate", "rbind", "bind"]);
const propagations = new Set(["shared", "slave", "private", "rshared", "rslave", "rprivate"]);

export interface MountWishes {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** What `--volumes-from` has come to; anything else at the same place goes before it. */
  readonly inherited: readonly Mount[];
}

/**
 * Everything that a container mounts: --mount, -v, --tmpfs, what it has of other containers, and the volumes that its image
 * declares where nothing else is mounted. Ordered by depth, so that what lies below comes after.
 * @throws EngineError `invalid-argument` with docker's texts, for two at one place too
 */
export function collectMountWishes({ config, hostConfig: host, inherited }: MountWishes): readonly MountWish[] {
  const wishes: MountWish[] = [];
  for (const text of host.Binds ?? []) wishes.push(parseBind(text, host.VolumeDriver));
  for (const mount of host.Mounts ?? []) wishes.push(parseMount(mount));
  for (const [target, options] of Object.entries(host.Tmpfs ?? {})) wishes.push(parseTmpfs(target, options));
  const taken = new Set<string>();
  for (const { target } of wishes) {
    if (taken.has(target)) throw new EngineError("invalid-argument", `Duplicate mount point: ${target}`);
    taken.add(target);
  }
  for (const mount of inherited) {
    const wish = parseMount(mount);
    if (taken.has(wish.target)) continue;
    taken.add(wish.target);
    wishes.push(wish.kind === "volume" ? { ...wish, mode: "" } : wish);
  }
  for (const path of Object.keys(config.Volumes ?? {})) {
    const target = cleanTarget(path, path);
    if (!taken.has(target)) wishes.push({ ...anonymous(target), fromImage: true, driver: host.VolumeDriver });
  }
  return wishes.sort((a, b) => depth(a.target) - depth(b.target) || (a.target < b.target ? -1 : 1));
}

function depth(path: string): number {
  return path.split("/").length;
}

function anonymous(target: string): VolumeWish {
  return {
    kind: "volume", target, name: undefined, readOnly: false, copyUp: true, mode: "", labels: {}, driver: "", driverOptions: {}, subpath: undefined, fromImage: false,
  };
}

/** "source:target[:mode]", "volume:target[:mode]" or "target" (docker run -v). */
export function parseBind(text: string, driver = ""): MountWish {
  const parts = text.split(":");
  const [first = "", second, mode = ""] = parts;
  if (text === "" || parts.length > 3 || parts.some((part, i) => part === "" && i < 2)) throw invalidSpec(text);
  if (second === undefined) return { ...anonymous(cleanTarget(first, text)), driver };
  const options = mode === "" ? [] : mode.split(",");
  for (const option of options) if (!bindModes.has(option)) throw new EngineError("invalid-argument", `invalid mode: ${mode}`);
  if (parts.length === 3 && mode === "") throw invalidSpec(text);
  const target = cleanTarget(second, text);
  const readOnly = options.includes("ro");
  if (first.startsWith("/")) {
    const propagation = options.find((option) => propagations.has(option)) ?? "rprivate";
    return {
      kind: "bind", source: posix.normalize(first), target, readOnly, createSource: true, recursive: !options.includes("bind"), propagation, mode,
      readOnlyRecursive: options.includes("bind") ? "no" : "where-possible",
    };
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(first)) {
    throw new EngineError("invalid-argument", `create ${first}: "${first}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`);
  }
  return { ...anonymous(target), name: first, readOnly, copyUp: !options.includes("nocopy"), mode: mode === "" ? "z" : mode, driver };
}

function invalidSpec(text: string): EngineError {
  return new EngineError("invalid-argument", `invalid volume specification: '${text}'`);
}

function cleanTarget(path: string, text: string): string {
  if (!path.startsWith("/")) throw new EngineError("invalid-argument", `invalid volume specification: '${text}': invalid mount path: '${path}' mount path must be absolute`);
  const clean = posix.normalize(path).replace(/(.)\/+$/, "$1");
  if (clean === "/") throw new EngineError("invalid-argument", `invalid volume specification: '${text}': invalid mount config for type "${text.startsWith("/") ? "bind" : "volume"}": invalid specification: destination can't be '/'`);
  return clean;
}

function parseMount(mount: Mount): MountWish {
  const type = mount.Type ?? "";
  const fail = (why: string): EngineError => new EngineError("invalid-argument", `invalid mount config for type "${type}": ${why}`);
  const { Target: path = "", Source: source = "", ReadOnly: readOnly = false } = mount;
  if (path === "") throw fail("field Target must not be empty");
  if (!path.startsWith("/")) throw fail(`invalid mount path: '${path}' mount path must be absolute`);
  const target = posix.normalize(path).replace(/(.)\/+$/, "$1");
  if (target === "/") throw fail("invalid specification: destination can't be '/'");
  switch (type) {
    case "bind": return { ...parseBindMount(mount, source, fail), target, readOnly };
    case "volume": return { ...parseVolumeMount(mount, source, fail), target, readOnly };
    case "tmpfs": return { kind: "tmpfs", target, readOnly, options: tmpfsOptions(mount, source, fail) };
    case "image": return { kind: "image", target, readOnly: true, ...parseImageMount(mount, source, fail) };
    case "cluster": throw new EngineError("invalid-argument", "cluster volumes need a swarm, of which this engine is no part");
    default: throw new EngineError("invalid-argument", `mount type unknown: "${type}"`);
  }
}

type Fail = (why: string) => EngineError;

function parseBindMount(mount: Mount, source: string, fail: Fail): Omit<BindWish, "target" | "readOnly"> {
  const { BindOptions: options = {} } = mount;
  if (source === "") throw fail("field Source must not be empty");
  if (!source.startsWith("/")) throw fail(`invalid mount path: '${source}' mount path must be absolute`);
  if (mount.VolumeOptions !== undefined) throw fail("field VolumeOptions must not be specified");
  if (mount.TmpfsOptions !== undefined) throw fail("field TmpfsOptions must not be specified");
  if (mount.ImageOptions !== undefined) throw fail("field ImageOptions must not be specified");
  const propagation = options.Propagation === undefined || options.Propagation === "" ? "rprivate" : options.Propagation;
  if (!propagations.has(propagation)) throw fail(`invalid propagation mode: ${propagation}`);
  return {
    kind: "bind", source: posix.normalize(source), createSource: options.CreateMountpoint === true, recursive: options.NonRecursive !== true, propagation,
    mode: "", readOnlyRecursive: readOnlyReach(mount, fail),
  };
}

function readOnlyReach({ ReadOnly: readOnly, BindOptions: options = {} }: Mount, fail: Fail): BindWish["readOnlyRecursive"] {
  const { ReadOnlyNonRecursive: shallow = false, ReadOnlyForceRecursive: forced = false, NonRecursive: single = false } = options;
  if ((shallow || forced) && readOnly !== true) throw fail("ReadOnlyNonRecursive and ReadOnlyForceRecursive need a read-only mount");
  if (forced && (shallow || single)) throw fail("ReadOnlyForceRecursive conflicts with ReadOnlyNonRecursive and NonRecursive");
  if (forced) return "always";
  return shallow || single ? "no" : "where-possible";
}

function parseVolumeMount(mount: Mount, source: string, fail: Fail): Omit<VolumeWish, "target" | "readOnly"> {
  const { VolumeOptions: options = {} } = mount;
  if (mount.BindOptions !== undefined) throw fail("field BindOptions must not be specified");
  if (mount.TmpfsOptions !== undefined) throw fail("field TmpfsOptions must not be specified");
  if (source === "" && (options.Subpath ?? "") !== "") throw fail("must not set Subpath when using anonymous volumes");
  return {
    kind: "volume", name: source === "" ? undefined : source, copyUp: options.NoCopy !== true, mode: "z", labels: options.Labels ?? {},
    driver: options.DriverConfig?.Name ?? "", driverOptions: options.DriverConfig?.Options ?? {}, subpath: options.Subpath, fromImage: false,
  };
}

function parseImageMount(mount: Mount, source: string, fail: Fail): Pick<ImageWish, "source" | "subpath"> {
  if (source === "") throw fail("field Source must not be empty");
  for (const field of ["BindOptions", "VolumeOptions", "TmpfsOptions"] as const) {
    if (mount[field] !== undefined) throw fail(`field ${field} must not be specified`);
  }
  const subpath = mount.ImageOptions?.Subpath;
  if (subpath !== undefined && (subpath.startsWith("/") || subpath.split("/").includes(".."))) throw fail("subpath must be a relative path within the volume");
  return { source, subpath };
}

function tmpfsOptions(mount: Mount, source: string, fail: Fail): string[] {
  if (source !== "") throw fail("field Source must not be specified");
  if (mount.BindOptions !== undefined) throw fail("field BindOptions must not be specified");
  if (mount.VolumeOptions !== undefined) throw fail("field VolumeOptions must not be specified");
  if (mount.ImageOptions !== undefined) throw fail("field ImageOptions must not be specified");
  const { SizeBytes: size = 0, Mode: mode, Options: more = [] } = mount.TmpfsOptions ?? {};
  if (size < 0) throw fail("size must not be negative");
  return [
    ...(size > 0 ? [`size=${size}`] : []),
    ...(mode === undefined || mode === 0 ? [] : [`mode=${mode.toString(8)}`]),
    ...more.map((pair) => pair.join("=")),
  ];
}

const knownTmpfsOption = /^(ro|rw|suid|nosuid|dev|nodev|exec|noexec|sync|async|dirsync|remount|mand|nomand|atime|noatime|diratime|nodiratime|bind|rbind|unbindable|runbindable|private|rprivate|shared|rshared|slave|rslave|relatime|norelatime|strictatime|nostrictatime|(mode|uid|gid|nr_inodes|nr_blocks|mpol|size)=.+)$/;

function parseTmpfs(path: string, text: string): TmpfsWish {
  const options = text === "" ? [] : text.split(",");
  for (const option of options) {
    if (!knownTmpfsOption.test(option)) throw new EngineError("invalid-argument", `invalid tmpfs option ["${option}"]`);
  }
  return { kind: "tmpfs", target: cleanTarget(path, path), readOnly: options.includes("ro"), options: options.filter((option) => option !== "ro" && option !== "rw") };
}
