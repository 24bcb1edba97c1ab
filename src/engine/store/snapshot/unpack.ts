import { EngineError } from "../../../base/index.ts";
import {
  fileStatus, makeDirectory, makeHardLink, makeNode, makeSymbolicLink, openFlags, openIn, readAttributes, removeTree, setAttribute,
  setModeOf, setNodeMode, setOwner, setOwnerOf, setTimes, setTimesOf, statusOf, type ByteName, type FileStatus,
} from "../../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../../host/libc/index.ts";
import { damaged, type TarEntry } from "../../../base/tar/index.ts";
import { setAttributes, writeContent } from "../../archive/index.ts";

const whiteoutPrefix = ".wh.";
const opaqueMark = ".wh..wh..opq";
const opaqueAttribute = { name: "trusted.overlay.opaque", value: Buffer.from("y") };
const longestPath = 4096;

export interface UnpackTarget {
  /** The empty folder that becomes the layer. */
  readonly tree: Descriptor;
  /** The layers below, topmost first: a folder that the archive takes for granted gets its owner and mode from there. */
  readonly below: readonly Descriptor[];
}

/**
 * Unpacks a layer into a folder in the form that overlayfs takes: whiteouts (OCI image-spec, layer.md, "Whiteouts")
 * become its own marks. Every name is resolved beneath the folder by the kernel, so that no name, link or order of
 * entries reaches anything outside, and each entry's own name is never followed.
 * @returns the bytes of all files
 */
export async function unpackLayer(entries: AsyncIterable<TarEntry>, target: UnpackTarget): Promise<number> {
  const unpacker = new Unpacker(target);
  try {
    for await (const entry of entries) await addEntry(unpacker, entry);
    unpacker.finish();
    return unpacker.size;
  } finally {
    unpacker.close();
  }
}

async function addEntry(unpacker: Unpacker, entry: TarEntry): Promise<void> {
  try {
    await unpacker.add(entry);
  } catch (error) {
    // What the kernel says of a name or a link that makes no sense is the archive's fault and not the disk's.
    if (!isSystemError(error, "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY", "EINVAL", "ELOOP", "ENAMETOOLONG", "EMLINK", "EXDEV", "ENXIO")) throw error;
    throw new EngineError("invalid-argument", `the archive's entry ${JSON.stringify(entry.name.slice(0, 200))} cannot be unpacked: ${error.message}`, { cause: error });
  }
}

interface FolderTimes {
  readonly path: ByteName;
  readonly entry: TarEntry;
}

class Unpacker {
  size = 0;
  readonly #target: UnpackTarget;
  /** The folder of the last entry stays open: most entries share it with the one before. */
  #folder: { readonly path: string; readonly handle: Descriptor } | undefined;
  /** Set at the end, since making files in a folder changes its time. */
  readonly #folderTimes: FolderTimes[] = [];

  constructor(target: UnpackTarget) {
    this.#target = target;
  }

  async add(entry: TarEntry): Promise<void> {
    const path = cleanPath(entry.name);
    if (path === "") {
      if (entry.type === "directory") this.#setRoot(entry);
      return;
    }
    const slash = path.lastIndexOf("/");
    const folder = this.#openFolder(path.slice(0, Math.max(slash, 0)));
    const name = path.slice(slash + 1) as ByteName;
    if (name.startsWith(whiteoutPrefix)) this.#whiteOut(folder, name);
    else await this.#make(entry, folder, { name, path: path as ByteName });
  }

  #setRoot(entry: TarEntry): void {
    const { tree } = this.#target;
    using root = openIn(tree, "." as ByteName, openFlags.directory);
    setOwnerOf(root, entry);
    setModeOf(root, entry.mode);
    this.#folderTimes.push({ path: "." as ByteName, entry });
  }

  #whiteOut(folder: Descriptor, name: ByteName): void {
    if (name === opaqueMark) {
      setAttribute(folder, "." as ByteName, opaqueAttribute);
      return;
    }
    // Further names of that kind are housekeeping of a storage driver long gone.
    if (name.startsWith(".wh..wh.")) return;
    const hidden = name.slice(whiteoutPrefix.length) as ByteName;
    if (hidden === "" || hidden === "." || hidden === "..") throw damaged(`${JSON.stringify(name)} hides nothing`);
    // A whiteout hides what is below and not what its own layer brings, whichever comes first.
    const status = statusOf(folder, hidden);
    if (status?.type === "directory") setAttribute(folder, hidden, opaqueAttribute);
    if (status === undefined) makeNode(folder, hidden, { type: "char", mode: 0, device: { major: 0, minor: 0 } });
  }

  async #make(entry: TarEntry, folder: Descriptor, { name, path }: { name: ByteName; path: ByteName }): Promise<void> {
    if (name === "." || name === "..") throw damaged(`${JSON.stringify(entry.name)} is no name`);
    switch (entry.type) {
      case "directory": this.#makeFolder(entry, folder, { name, path }); return;
      case "link": this.#makeLink(entry, folder, name); return;
      case "file": await this.#makeFile(entry, folder, name); return;
      case "symlink":
        this.#clear(folder, name);
        makeSymbolicLink(folder, name, entry.link as ByteName);
        break;
      case "char": case "block": case "fifo":
        this.#clear(folder, name);
        makeNode(folder, name, { type: entry.type, mode: entry.mode, device: entry.device });
        break;
    }
    setOwner(folder, name, entry);
    setAttributes(entry, folder, name);
    if (entry.type !== "symlink") setNodeMode(folder, name, entry.mode);
    setTimes(folder, name, { accessed: entry.modified, modified: entry.modified });
  }

  #makeFolder(entry: TarEntry, folder: Descriptor, { name, path }: { name: ByteName; path: ByteName }): void {
    const status = statusOf(folder, name);
    if (status?.type !== "directory") {
      this.#clear(folder, name);
      makeDirectory(folder, name, 0o700);
      if (isWhiteout(status)) setAttribute(folder, name, opaqueAttribute);
    }
    setAttributes(entry, folder, name);
    using made = openIn(folder, name, openFlags.directory | openFlags.noFollow, { resolve: "no-links" });
    setOwnerOf(made, entry);
    setModeOf(made, entry.mode);
    this.#folderTimes.push({ path, entry });
  }

  #makeLink(entry: TarEntry, folder: Descriptor, name: ByteName): void {
    const path = cleanPath(entry.link);
    const slash = path.lastIndexOf("/");
    const existing = path.slice(slash + 1) as ByteName;
    const shown = JSON.stringify(`${entry.name} -> ${entry.link}`);
    if (existing === "" || existing === "..") throw damaged(`the hard link ${shown} leads nowhere`);
    using from = this.#openExisting(path.slice(0, Math.max(slash, 0)), shown);
    const status = statusOf(from, existing);
    if (status === undefined || status.type === "directory") throw damaged(`the hard link ${shown} leads to nothing in its layer`);
    const here = statusOf(folder, name);
    if (here?.inode === status.inode) return;
    this.#clear(folder, name);
    makeHardLink({ folder: from, name: existing }, { folder, name });
  }

  async #makeFile(entry: TarEntry, folder: Descriptor, name: ByteName): Promise<void> {
    this.#clear(folder, name);
    const flags = openFlags.writeOnly | openFlags.create | openFlags.exclusive | openFlags.noFollow;
    using file = openIn(folder, name, flags, { resolve: "no-links", mode: 0o600 });
    await writeContent(entry, file);
    this.size += entry.size;
    setOwnerOf(file, entry);
    setAttributes(entry, folder, name);
    setModeOf(file, entry.mode);
    setTimesOf(file, { accessed: entry.modified, modified: entry.modified });
  }

  /** Takes away what an earlier entry put under that name. */
  #clear(folder: Descriptor, name: ByteName): void {
    const status = statusOf(folder, name);
    if (status === undefined) return;
    if (status.type === "directory" || status.type === "symlink") this.#closeFolder();
    removeTree(folder, name);
  }

  /** Closed when the next folder is opened: whoever called may still use it. */
  #closeFolder(): void {
    this.#retired.push(this.#folder?.handle);
    this.#folder = undefined;
  }

  readonly #retired: (Descriptor | undefined)[] = [];

  #openFolder(path: string): Descriptor {
    if (this.#folder?.path === path) return this.#folder.handle;
    for (const handle of this.#retired.splice(0)) handle?.close();
    this.#folder?.handle.close();
    this.#folder = undefined;
    const handle = this.#openOrMake(path);
    this.#folder = { path, handle };
    return handle;
  }

  #openOrMake(path: string): Descriptor {
    const { tree } = this.#target;
    try {
      return openIn(tree, path as ByteName, openFlags.directory, { resolve: "in-root" });
    } catch (error) {
      if (!isSystemError(error, "ENOENT", "ENOTDIR")) throw error;
      if (isSystemError(error, "ENOTDIR")) throw damaged(`${JSON.stringify(path)} is used as a folder and is none`);
    }
    let made = "";
    for (const part of path.split("/")) {
      this.#makeMissing(made, part as ByteName);
      made = made === "" ? part : `${made}/${part}`;
    }
    return this.#openExisting(path, JSON.stringify(path));
  }

  /** Makes a folder that the archive has entries in but none for itself: as it is in the layers below. */
  #makeMissing(parent: string, name: ByteName): void {
    const { below } = this.#target;
    using folder = this.#openExisting(parent, JSON.stringify(parent));
    if (statusOf(folder, name) !== undefined) return;
    makeDirectory(folder, name, 0o755);
    using made = openIn(folder, name, openFlags.directory | openFlags.noFollow, { resolve: "no-links" });
    const path = (parent === "" ? name : `${parent}/${name}`) as ByteName;
    const model = findFolder(below, path);
    setOwnerOf(made, model?.status ?? { uid: 0, gid: 0 });
    setModeOf(made, model?.status.mode ?? 0o755);
    for (const [attribute, value] of model?.attributes ?? []) setAttribute(folder, name, { name: attribute, value });
  }

  #openExisting(path: string, shown: string): Descriptor {
    try {
      return openIn(this.#target.tree, path as ByteName, openFlags.directory, { resolve: "in-root" });
    } catch (error) {
      if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP")) throw damaged(`${shown} leads to nothing in its layer`);
      throw error;
    }
  }

  finish(): void {
    for (const { path, entry } of this.#folderTimes.reverse()) {
      let folder: Descriptor;
      try {
        folder = openIn(this.#target.tree, path, openFlags.directory | openFlags.noFollow, { resolve: "beneath" });
      } catch (error) {
        // A later entry put something else in its place.
        if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EXDEV")) continue;
        throw error;
      }
      using opened = folder;
      setTimesOf(opened, { accessed: entry.modified, modified: entry.modified });
    }
  }

  close(): void {
    this.#closeFolder();
    for (const handle of this.#retired.splice(0)) handle?.close();
  }
}

function isWhiteout(status: FileStatus | undefined): boolean {
  return status?.type === "char" && status.node.major === 0 && status.node.minor === 0;
}

function findFolder(layers: readonly Descriptor[], path: ByteName): { status: FileStatus; attributes: ReadonlyMap<string, Uint8Array> } | undefined {
  for (const layer of layers) {
    try {
      using folder = openIn(layer, path, openFlags.directory, { resolve: "in-root" });
      const attributes = readAttributes(folder, "." as ByteName);
      for (const name of attributes.keys()) if (name.startsWith("trusted.overlay.")) attributes.delete(name);
      return { status: fileStatus(folder), attributes };
    } catch (error) {
      if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
    }
  }
  return undefined;
}

/**
 * A name as it is used: without a leading or trailing slash and without "." parts.
 * @throws EngineError for one that goes up: no archive of a layer has a reason to
 */
function cleanPath(name: string): string {
  if (name.includes("\0")) throw damaged("a name has a NUL byte in it");
  if (name.length > longestPath) throw damaged("a name is longer than 4096 bytes");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new EngineError("invalid-argument", `the archive's name ${JSON.stringify(name)} leads out of its layer`);
  return parts.join("/");
}
