import { setImmediate } from "node:timers/promises";
import {
  openFlags, openFolder, openIn, readAttribute, readNames, statusOf, type ByteName, type FileStatus,
} from "../../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../../host/libc/index.ts";

export interface LayerChange {
  /** From the root, with a slash in front. */
  readonly path: ByteName;
  readonly kind: "modified" | "added" | "deleted";
}

const itself = "." as ByteName;
const seenAtOnce = 100;

/**
 * What an overlay's upper folder changes of the layers below, as docker tells it: a folder before what is in it, in the
 * order of names; what was removed or added below a folder makes it a modified one. A file that was copied up and is as it
 * was is no change. What changes meanwhile is told as it was found.
 * @param below topmost first
 */
export async function layerChanges(upper: Descriptor, below: readonly Descriptor[]): Promise<readonly LayerChange[]> {
  const comparison = new Comparison(upper);
  await comparison.folder("" as ByteName, below);
  return comparison.changes;
}

class Comparison {
  changes: LayerChange[] = [];
  readonly #upper: Descriptor;
  #seen = 0;

  constructor(upper: Descriptor) {
    this.#upper = upper;
  }

  /** @param below the layers whose folder of that path shines through */
  async folder(path: ByteName, below: readonly Descriptor[]): Promise<void> {
    for (const { name, status, found } of this.#entries(path, below)) {
      this.#seen += 1;
      if (this.#seen % seenAtOnce === 0) await setImmediate();
      const inner = `${path}/${name}` as ByteName;
      const { before } = found;
      if (status === undefined || isWhiteout(status)) {
        if (before !== undefined) this.changes.push({ path: inner, kind: "deleted" });
        continue;
      }
      const kind = before === undefined ? "added" : differs(status, before) ? "modified" : undefined;
      const at = this.changes.length;
      if (kind !== undefined) this.changes.push({ path: inner, kind });
      if (status.type !== "directory") continue;
      await this.folder(inner, found.folders);
      if (kind === undefined && this.changes.length > at) this.changes.splice(at, 0, { path: inner, kind: "modified" });
    }
  }

  /** What the upper folder has, and what an opaque one lacks of those below it. */
  #entries(path: ByteName, below: readonly Descriptor[]): readonly Entry[] {
    using handle = open(this.#upper, path);
    if (handle === undefined) return [];
    const lower = new LowerFolder(path, below);
    try {
      const names = new Set(readNames(handle));
      const hidden = isOpaque(handle) ? lower.names().filter((name) => !names.has(name)) : [];
      return [...names, ...hidden].sort().map((name) => ({ name, status: statusOf(handle, name), found: lower.find(name) }));
    } finally {
      lower[Symbol.dispose]();
    }
  }
}

interface Entry {
  readonly name: ByteName;
  readonly status: FileStatus | undefined;
  readonly found: Found;
}

interface Found {
  /** What the layers show together; undefined for nothing. */
  readonly before: FileStatus | undefined;
  /** The layers whose folder of that name is part of what they show. */
  readonly folders: readonly Descriptor[];
}

/** One folder of the layers below, seen through them as the kernel would show it. */
class LowerFolder implements Disposable {
  readonly #layers: readonly { readonly root: Descriptor; readonly handle: Descriptor }[];

  constructor(path: ByteName, layers: readonly Descriptor[]) {
    this.#layers = layers.flatMap((root) => {
      const handle = open(root, path);
      return handle === undefined ? [] : [{ root, handle }];
    });
  }

  find(name: ByteName): Found {
    const folders: Descriptor[] = [];
    let before: FileStatus | undefined;
    for (const { root, handle } of this.#layers) {
      const status = statusOf(handle, name);
      if (status === undefined) continue;
      if (status.type !== "directory") {
        if (before === undefined && !isWhiteout(status)) before = status;
        break;
      }
      before ??= status;
      folders.push(root);
      if (isOpaqueName(handle, name)) break;
    }
    return { before, folders };
  }

  names(): readonly ByteName[] {
    const all = new Set(this.#layers.flatMap(({ handle }) => readNames(handle)));
    return [...all].filter((name) => this.find(name).before !== undefined);
  }

  [Symbol.dispose](): void {
    for (const { handle } of this.#layers) handle.close();
  }
}

function open(root: Descriptor, path: ByteName): Descriptor | undefined {
  try {
    if (path === "") return openFolder(root, itself);
    return openIn(root, path.slice(1) as ByteName, openFlags.directory | openFlags.noFollow, { resolve: "no-links" });
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}

function isWhiteout({ type, node }: FileStatus): boolean {
  return type === "char" && node.major === 0 && node.minor === 0;
}

function isOpaque(folder: Descriptor): boolean {
  return isOpaqueName(folder, itself);
}

function isOpaqueName(folder: Descriptor, name: ByteName): boolean {
  return readAttribute(folder, name, "trusted.overlay.opaque")?.toString() === "y";
}

function differs(now: FileStatus, before: FileStatus): boolean {
  if (now.type !== before.type || now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid) return true;
  if (now.type === "char" || now.type === "block") return now.node.major !== before.node.major || now.node.minor !== before.node.minor;
  if (now.type === "directory") return false;
  return now.size !== before.size || now.modified.seconds !== before.modified.seconds || now.modified.nanoseconds !== before.modified.nanoseconds;
}
