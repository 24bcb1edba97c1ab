import { cString, Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";

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

export interface OverlayRequest {
  /** Lower folders, topmost first. */
  readonly lower: readonly string[];
  /** Where changes go, with its work folder on the same file system; none for a read-only view. */
  readonly upper?: { readonly folder: string; readonly work: string };
  readonly target: string;
  /** Further options, such as `index=off`. */
  readonly options?: Readonly<Record<string, string>>;
}

/**
 * Mounts an overlay with as many layers as the kernel takes (500), since each is handed over by itself and not within
 * one page of options (kernel: Documentation/filesystems/overlayfs.rst). A kernel before 6.5, which cannot take them one
 * by one, gets them as one text.
 */
export function mountOverlay({ lower, upper, target, options = {} }: OverlayRequest): void {
  using context = new Descriptor(succeed(fsopen(cString("overlay"), closeOnExec), () => "open the overlay file system"));
  const configure = (name: string, value: string): number =>
    fsconfig(context.number, setString, cString(name), cString(value), 0);
  const set = (name: string, value: string): void => {
    succeed(configure(name, value), () => `set ${name}=${value} of the overlay on ${target}${explain(context)}`);
  };
  for (const [i, folder] of lower.entries()) {
    const result = configure("lowerdir+", folder);
    if (i === 0 && result === -errnoOf("EINVAL")) {
      set("lowerdir", lower.map(escapeColon).join(":"));
      break;
    }
    succeed(result, () => `add the layer ${folder} to the overlay on ${target}${explain(context)}`);
  }
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

function escapeColon(folder: string): string {
  return folder.replace(/[\\:]/g, "\\$&");
}

/** What the kernel says about the last failure of a file system context. */
function explain(context: Descriptor): string {
  const bytes = Buffer.alloc(4096);
  const length = read(context.number, bytes, bytes.length);
  return length > 2 ? ` (${bytes.subarray(2, length).toString().trim()})` : "";
}
