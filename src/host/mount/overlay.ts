import { constants, openSync } from "node:fs";
import { release } from "node:os";
import { cString, Descriptor, succeed, systemCall } from "../libc/index.ts";
import { mount } from "./mount.ts";

const fsopen = systemCall<[Uint8Array, number]>("fsopen", "pi");
const fsconfig = systemCall<[number, number, Uint8Array | null, Uint8Array | null, number]>("fsconfig", "iippi");
const fsmount = systemCall<[number, number, number]>("fsmount", "iii");
const moveMount = systemCall<[number, Uint8Array, number, Uint8Array, number]>("move_mount", "ipipi");
const read = systemCall<[number, Uint8Array, number]>("read", "ipi");

const closeOnExec = 1;
const setString = 1;
const create = 6;
const fromDescriptor = 4;
const currentDirectory = -100;
const pathOnly = 0o10000000;

export interface OverlayRequest {
  /** Lower folders, topmost first. */
  readonly lower: readonly string[];
  /** Where changes go, with its work folder on the same file system; none for a read-only view. */
  readonly upper?: { readonly folder: string; readonly work: string };
  readonly target: string;
  /** Further options, such as `index=off`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Mounts an overlay (kernel: Documentation/filesystems/overlayfs.rst). @throws SystemError */
export function mountOverlay(request: OverlayRequest): void {
  if (takesLayersOneByOne) mountByContext(request);
  else mountByHandles(request);
}

/** Since Linux 6.8; asking an older kernel does not help, it finds fault only when all is said. */
const takesLayersOneByOne = isAtLeast(release(), [6, 8]);

function isAtLeast(kernel: string, [major, minor]: readonly [major: number, minor: number]): boolean {
  const [first = 0, second = 0] = kernel.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** With as many layers as the kernel takes (500), since each is handed over by itself. */
function mountByContext({ lower, upper, target, options = {} }: OverlayRequest): void {
  using context = new Descriptor(succeed(fsopen(cString("overlay"), closeOnExec), () => "open the overlay file system"));
  const set = (name: string, value: string): void => {
    const result = fsconfig(context.number, setString, cString(name), cString(value), 0);
    succeed(result, () => `set ${name}=${value} of the overlay on ${target}${explain(context)}`);
  };
  for (const folder of lower) set("lowerdir+", folder);
  if (upper !== undefined) {
    set("upperdir", upper.folder);
    set("workdir", upper.work);
  }
  for (const [name, value] of Object.entries(options)) set(name, value);
  succeed(fsconfig(context.number, create, null, null, 0), () => `make the overlay for ${target}${explain(context)}`);
  using made = new Descriptor(succeed(fsmount(context.number, closeOnExec, 0), () => `mount the overlay for ${target}`));
  const result = moveMount(made.number, cString(""), currentDirectory, cString(target), fromDescriptor);
  succeed(result, () => `mount an overlay on ${target}`);
}

/**
 * Within one page of options, as mount(2) takes them. The folders are named by handles, whose names are short, so that
 * there is room for 200 layers however long their paths are.
 */
export function mountByHandles({ lower, upper, target, options = {} }: OverlayRequest): void {
  using handles = new DisposableStack();
  const short = (folder: string): string => `/proc/self/fd/${handles.use(openFolder(folder)).number}`;
  const data = [
    `lowerdir=${lower.map(short).join(":")}`,
    ...(upper === undefined ? [] : [`upperdir=${short(upper.folder)}`, `workdir=${short(upper.work)}`]),
    ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
  ];
  mount({ source: "overlay", target, type: "overlay", data: data.join(",") });
}

function openFolder(path: string): Descriptor {
  return new Descriptor(openSync(path, pathOnly | constants.O_DIRECTORY));
}

/** What the kernel says about the last failure of a file system context. */
function explain(context: Descriptor): string {
  const bytes = Buffer.alloc(4096);
  const length = read(context.number, bytes, bytes.length);
  return length > 2 ? ` (${bytes.subarray(2, length).toString().trim()})` : "";
}
