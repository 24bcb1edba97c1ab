import { read as readWithCallback, readSync } from "node:fs";
import { promisify } from "node:util";
import { ByteBatch, encodeMember, tarEnd, tarPadding, type TarMember, type TarType } from "../../base/tar/index.ts";
import {
  fileStatus, openFlags, openFolder, openIn, readAttribute, readAttributes, readLinkOf, readNames, reopenForReading, statusOf,
  type ByteName, type FileStatus, type FileType,
} from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";

const read = promisify(readWithCallback);

/** Files up to this size are read at once, on the engine's thread. */
const smallFile = 128 * 1024;
const pieceSize = 1024 * 1024;
const itself = "." as ByteName;
const noAttributes: ReadonlyMap<string, Uint8Array> = new Map();

export interface TreeArchive {
  /** A folder; links in it lead nowhere else, since none is followed. */
  readonly folder: Descriptor;
  /** What the folder is called in the archive; undefined: it has no entry, and what is in it stands by its own names. */
  readonly name?: string;
  /** Only this file, which is no folder. */
  readonly only?: { readonly file: ByteName; readonly name: string };
  /** The folder is the upper one of an overlay: its marks become whiteouts (OCI image-spec, layer.md, "Whiteouts"). */
  readonly isLayer?: boolean;
}

/**
 * A tree as a tar archive, in the same order each time, with owners, times to the second, hard links, nodes, file capabilities
 * and user attributes; sockets have no place in an archive. Nobody holds the tree still: what goes meanwhile is left out, and a file
 * that shrinks is filled up with zeros. No folder is held open longer than it is listed, however deep the tree.
 */
export async function* archiveTree(request: TreeArchive): AsyncGenerator<Uint8Array, void> {
  const packer = new Packer(request);
  if (request.only === undefined) yield* packer.folder("" as ByteName);
  else yield* packer.file(request.folder, { name: request.only.file, shown: request.only.name, path: request.only.file });
  yield* packer.end();
}

interface Entry {
  readonly name: ByteName;
  /** In the archive. */
  readonly shown: string;
  /** From the top of the tree. */
  readonly path: ByteName;
}

class Packer {
  readonly #request: TreeArchive;
  readonly #batch = new ByteBatch();
  /** The first name of each file that has several, by device and inode. */
  readonly #linked = new Map<string, string>();

  constructor(request: TreeArchive) {
    this.#request = request;
  }

  *end(): Generator<Uint8Array> {
    this.#batch.add(tarEnd());
    yield* this.#batch.take();
  }

  async *folder(path: ByteName): AsyncGenerator<Uint8Array, void> {
    const subfolders: ByteName[] = [];
    {
      using handle = this.#openFolder(path);
      if (handle === undefined) return;
      this.#addFolder(handle, path);
      for (const name of readNames(handle).sort()) {
        const inner = (path === "" ? name : `${path}/${name}`) as ByteName;
        if (statusOf(handle, name)?.type === "directory") subfolders.push(inner);
        else yield* this.file(handle, { name, path: inner, shown: this.#shown(inner) });
      }
    }
    for (const subfolder of subfolders) yield* this.folder(subfolder);
  }

  #openFolder(path: ByteName): Descriptor | undefined {
    try {
      const { folder } = this.#request;
      return path === "" ? openFolder(folder, itself) : openIn(folder, path, openFlags.directory | openFlags.noFollow, { resolve: "no-links" });
    } catch (error) {
      if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
      throw error;
    }
  }

  #addFolder(handle: Descriptor, path: ByteName): void {
    const { name, isLayer } = this.#request;
    if (path !== "" || name !== undefined) {
      const shown = path === "" ? (name ?? "") : this.#shown(path);
      this.#add(fileStatus(handle), { shown: shown.endsWith("/") ? shown : `${shown}/`, attributes: () => carried(handle, itself) });
    }
    if (isLayer === true && readAttribute(handle, itself, "trusted.overlay.opaque")?.toString() === "y") this.#addMark(`${this.#shown(path)}/.wh..wh..opq`);
  }

  #shown(path: ByteName): string {
    const { name } = this.#request;
    return name === undefined ? path : `${name}${name.endsWith("/") ? "" : "/"}${path}`;
  }

  /** Anything but a folder, as it is when its turn has come. */
  async *file(folder: Descriptor, entry: Entry): AsyncGenerator<Uint8Array, void> {
    using handle = openPathOnly(folder, entry.name);
    if (handle === undefined) return;
    const status = fileStatus(handle);
    if (this.#request.isLayer === true && isWhiteout(status)) {
      this.#addMark(entry.shown.replace(/[^/]*$/, (name) => `.wh.${name}`));
    } else {
      const type = types[status.type];
      if (type === undefined || type === "directory") return;
      yield* this.#content(folder, handle, { ...entry, status, type });
    }
    if (this.#batch.isFull) yield* this.#batch.take();
  }

  async *#content(folder: Descriptor, handle: Descriptor, entry: Entry & { readonly status: FileStatus; readonly type: TarType }): AsyncGenerator<Uint8Array, void> {
    const { status, shown, name, type } = entry;
    const first = this.#firstName(status, shown);
    if (first !== undefined) {
      this.#add(status, { shown, type: "link", link: first });
      return;
    }
    const link = type === "symlink" ? readLinkOf(handle) : "";
    this.#add(status, { shown, type, link, attributes: () => carried(folder, name) });
    if (type !== "file" || status.size === 0) return;
    using opened = reopenForReading(handle);
    if (status.size <= smallFile) this.#batch.add(readWhole(opened, status.size));
    else yield* this.#largeContent(opened, status.size);
    this.#batch.add(tarPadding(status.size));
  }

  #firstName({ links, device, inode }: FileStatus, shown: string): string | undefined {
    if (links < 2) return undefined;
    const key = `${device.major}:${device.minor}:${inode}`;
    const first = this.#linked.get(key);
    if (first === undefined) this.#linked.set(key, shown);
    return first;
  }

  async *#largeContent(file: Descriptor, size: number): AsyncGenerator<Uint8Array, void> {
    yield* this.#batch.take();
    for (let at = 0; at < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, size - at));
      const { bytesRead } = await read(file.number, piece, 0, piece.length, at);
      if (bytesRead === 0) piece.fill(0);
      yield bytesRead === 0 ? piece : piece.subarray(0, bytesRead);
      at += bytesRead === 0 ? piece.length : bytesRead;
    }
  }

  #add(status: FileStatus, { shown, type, link, attributes }: Description): void {
    const kind = type ?? types[status.type] ?? "file";
    const member: TarMember = {
      name: shown, type: kind, mode: status.mode, uid: status.uid, gid: status.gid,
      // A fraction would cost every entry a kilobyte; docker leaves it out too.
      modified: { seconds: status.modified.seconds, nanoseconds: 0 },
      size: kind === "file" ? status.size : 0,
      attributes: kind === "file" || kind === "directory" ? (attributes?.() ?? noAttributes) : noAttributes,
      ...(link === undefined ? {} : { link }),
      ...(kind === "char" || kind === "block" ? { device: status.node } : {}),
    };
    this.#batch.add(encodeMember(member));
  }

  #addMark(shown: string): void {
    this.#batch.add(encodeMember({ name: shown, type: "file", mode: 0o600, size: 0 }));
  }
}

interface Description {
  readonly shown: string;
  readonly type?: TarType;
  readonly link?: string;
  readonly attributes?: () => ReadonlyMap<string, Uint8Array>;
}

const types: Readonly<Partial<Record<FileType, TarType>>> = {
  file: "file", directory: "directory", symlink: "symlink", char: "char", block: "block", fifo: "fifo",
};

/** Looks at it without opening it: a device that is opened may do something. */
function openPathOnly(folder: Descriptor, name: ByteName): Descriptor | undefined {
  try {
    return openIn(folder, name, openFlags.pathOnly | openFlags.noFollow, { resolve: "beneath" });
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ELOOP")) return undefined;
    throw error;
  }
}

function isWhiteout({ type, node }: FileStatus): boolean {
  return type === "char" && node.major === 0 && node.minor === 0;
}

/** What travels: capabilities of programs, and what users set. The rest is this host's own. */
function carried(folder: Descriptor, name: ByteName): ReadonlyMap<string, Uint8Array> {
  try {
    const found = readAttributes(folder, name);
    for (const attribute of found.keys()) if (attribute !== "security.capability" && !attribute.startsWith("user.")) found.delete(attribute);
    return found;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return noAttributes;
    throw error;
  }
}

function readWhole(file: Descriptor, size: number): Uint8Array {
  const content = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const count = readSync(file.number, content, done, size - done, done);
    if (count === 0) break;
    done += count;
  }
  return content.fill(0, done);
}
