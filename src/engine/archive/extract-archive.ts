import { EngineError } from "../../base/index.ts";
import { damaged, type TarEntry } from "../../base/tar/index.ts";
import {
  discardTree, displayName, makeDirectory, makeHardLink, makeNode, makeSymbolicLink, openFlags, openFolder, openIn, setModeOf, setModeThrough,
  setOwner, setOwnerOf, setTimes, setTimesOf, statusOf, type ByteName, type FileStatus,
} from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";
import { setAttributes, writeContent } from "./entry-content.ts";

export interface Extraction {
  /** Where links and ".." end, however the tree changes meanwhile: the root of a container. */
  readonly root: Descriptor;
  /** The folder to extract into, from the root; it begins with a slash. */
  readonly folder: ByteName;
  /** Everything gets this owner instead of the archive's. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Refuses to put a folder in the place of something else, or the other way round. */
  readonly keepsKinds: boolean;
}

/**
 * Extracts an archive into a tree that is in use, as docker's cp does: what is there is replaced, but folders are merged.
 * Links to folders on the way are taken as a program inside would take them; an entry's own name is never followed.
 * @throws EngineError `invalid-argument` for what the archive asks for and may not, `forbidden` where the tree is read-only
 */
export async function extractArchive(entries: AsyncIterable<TarEntry>, extraction: Extraction): Promise<void> {
  using extractor = new Extractor(extraction);
  for await (const entry of entries) {
    try {
      await extractor.add(entry);
    } catch (error) {
      throw explained(error, entry.name);
    }
  }
  extractor.finish();
}

function explained(error: unknown, name: string): unknown {
  if (!isSystemError(error)) return error;
  const text = `cannot extract ${quoted(name)}: ${error.message}`;
  if (error.code === "EROFS") return new EngineError("forbidden", text, { cause: error });
  if (faults.has(error.code)) return new EngineError("invalid-argument", text, { cause: error });
  return new EngineError("internal", text, { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) });
}

function quoted(name: string): string {
  return JSON.stringify(displayName(name.slice(0, 4096) as ByteName));
}

/** What the kernel says of a name or a link that makes no sense there. */
const faults: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "EINVAL", "ELOOP", "ENAMETOOLONG", "EMLINK", "EXDEV", "ENXIO"]);

class Extractor implements Disposable {
  readonly #extraction: Extraction;
  /** The folder of the last entry stays open: most entries share it with the one before. */
  #open: { readonly path: string; readonly handle: Descriptor } | undefined;
  /** Set at the end, since making files in a folder changes its time. */
  readonly #folderTimes: { readonly path: string; readonly entry: TarEntry }[] = [];

  constructor(extraction: Extraction) {
    this.#extraction = extraction;
  }

  async add(entry: TarEntry): Promise<void> {
    const path = this.#inside(entry.name);
    if (path === "") return;
    const slash = path.lastIndexOf("/");
    const folder = this.#folderAt(path.slice(0, Math.max(slash, 0)));
    const name = path.slice(slash + 1) as ByteName;
    const status = statusOf(folder, name);
    const isFolder = status?.type === "directory";
    if (status !== undefined) this.#checkKind(entry, status, path);
    if (status !== undefined && !(isFolder && entry.type === "directory")) {
      // What lies below it may be the folder that is held.
      if (isFolder || status.type === "symlink") this.#forgetBelow(path);
      await discardTree(folder, name);
    }
    if (entry.type === "directory") this.#makeFolder(entry, folder, { name, path, isThere: isFolder });
    else await this.#make(entry, folder, name);
  }

  #checkKind(entry: TarEntry, { type }: FileStatus, path: string): void {
    const { keepsKinds, folder } = this.#extraction;
    if (!keepsKinds || (type === "directory") === (entry.type === "directory")) return;
    const [there, here] = [`${folder === "/" ? "" : folder}/${path}`, folder].map(quoted);
    const [what, by] = type === "directory" ? ["directory", "non-directory"] : ["non-directory", "directory"];
    throw new EngineError("invalid-argument", `cannot overwrite ${what} ${there ?? ""} with ${by} ${here ?? ""}`);
  }

  #makeFolder(entry: TarEntry, folder: Descriptor, { name, path, isThere }: { name: ByteName; path: string; isThere: boolean }): void {
    if (!isThere) makeDirectory(folder, name, 0o700);
    using made = openFolder(folder, name);
    setOwnerOf(made, this.#ownerOf(entry));
    setAttributes(entry, folder, name);
    setModeOf(made, entry.mode);
    this.#folderTimes.push({ path, entry });
  }

  async #make(entry: TarEntry, folder: Descriptor, name: ByteName): Promise<void> {
    switch (entry.type) {
      case "link": this.#makeLink(entry, folder, name); return;
      case "file": await this.#makeFile(entry, folder, name); return;
      case "symlink": makeSymbolicLink(folder, name, entry.link as ByteName); break;
      case "char": case "block": case "fifo": makeNode(folder, name, { type: entry.type, mode: entry.mode, device: entry.device }); break;
      case "directory": return;
    }
    setOwner(folder, name, this.#ownerOf(entry));
    setAttributes(entry, folder, name);
    if (entry.type !== "symlink") this.#setNodeMode(folder, name, entry);
    setTimes(folder, name, { accessed: entry.modified, modified: entry.modified });
  }

  /** By handle: in a tree that is in use the name may be a link by now. */
  #setNodeMode(folder: Descriptor, name: ByteName, entry: TarEntry): void {
    using node = openIn(folder, name, openFlags.pathOnly | openFlags.noFollow, { resolve: "beneath" });
    setModeThrough(node, entry.mode);
  }

  async #makeFile(entry: TarEntry, folder: Descriptor, name: ByteName): Promise<void> {
    const flags = openFlags.writeOnly | openFlags.create | openFlags.exclusive | openFlags.noFollow;
    using file = openIn(folder, name, flags, { resolve: "no-links", mode: 0o600 });
    await writeContent(entry, file);
    setOwnerOf(file, this.#ownerOf(entry));
    setAttributes(entry, folder, name);
    setModeOf(file, entry.mode);
    setTimesOf(file, { accessed: entry.modified, modified: entry.modified });
  }

  #makeLink(entry: TarEntry, folder: Descriptor, name: ByteName): void {
    const path = this.#inside(entry.link);
    const slash = path.lastIndexOf("/");
    using from = this.#openAt(path.slice(0, Math.max(slash, 0)));
    makeHardLink({ folder: from, name: path.slice(slash + 1) as ByteName }, { folder, name });
  }

  #ownerOf(entry: TarEntry): { readonly uid: number; readonly gid: number } {
    return this.#extraction.owner ?? entry;
  }

  /** A name of the archive, from the folder to extract into. @throws EngineError for one that leads out of it, docker's text */
  #inside(name: string): string {
    if (name.includes("\0")) throw damaged("a name has a NUL byte in it");
    const parts: string[] = [];
    for (const part of name.split("/")) {
      if (part === "" || part === ".") continue;
      if (part !== "..") parts.push(part);
      else if (parts.pop() === undefined) {
        throw new EngineError("invalid-argument", `${quoted(name)} is outside of ${quoted(this.#extraction.folder)}`);
      }
    }
    return parts.join("/");
  }

  #folderAt(path: string): Descriptor {
    if (this.#open?.path === path) return this.#open.handle;
    this.#open?.handle.close();
    this.#open = undefined;
    const handle = this.#openOrMake(path);
    this.#open = { path, handle };
    return handle;
  }

  #openOrMake(path: string): Descriptor {
    try {
      return this.#openAt(path);
    } catch (error) {
      if (!isSystemError(error, "ENOENT") || path === "") throw error;
    }
    const slash = path.lastIndexOf("/");
    {
      using parent = this.#openOrMake(path.slice(0, Math.max(slash, 0)));
      const name = path.slice(slash + 1) as ByteName;
      makeDirectory(parent, name, 0o755);
      using made = openFolder(parent, name);
      setOwnerOf(made, this.#extraction.owner ?? { uid: 0, gid: 0 });
      setModeOf(made, 0o755);
    }
    return this.#openAt(path);
  }

  #openAt(path: string): Descriptor {
    const { root, folder } = this.#extraction;
    return openIn(root, `${folder}/${path}` as ByteName, openFlags.directory, { resolve: "in-root" });
  }

  /** What is held at or below a path is let go of. */
  #forgetBelow(path: string): void {
    if (this.#open === undefined || !`${this.#open.path}/`.startsWith(`${path}/`)) return;
    this.#open.handle.close();
    this.#open = undefined;
  }

  finish(): void {
    for (const { path, entry } of this.#folderTimes.reverse()) {
      try {
        using folder = this.#openAt(path);
        setTimesOf(folder, { accessed: entry.modified, modified: entry.modified });
      } catch (error) {
        // Somebody else, or a later entry, took it away.
        if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#open?.handle.close();
  }
}
