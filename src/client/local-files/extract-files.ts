import { spawnSync } from "node:child_process";
import {
  closeSync, constants, fchmodSync, fchownSync, ftruncateSync, futimesSync, lchownSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync,
  symlinkSync, unlinkSync, writeSync, type Stats,
} from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { placedData, type TarEntry } from "../../base/tar/index.ts";
import { bytePath, rawPath, shownPath } from "./byte-path.ts";
import { hasCode, localError } from "./local-error.ts";

export interface LocalExtraction {
  /** An absolute folder without detours; links on the way to it are the user's own and are followed. */
  readonly folder: string;
  /** What an entry is called here; undefined: the folder itself, which stays as it is. */
  readonly nameOf: (name: string) => string | undefined;
  /** Owners are taken from the archive and not those of whoever extracts. */
  readonly keepsOwners: boolean;
}

/**
 * Extracts an archive that somebody else wrote into a local folder, which somebody else may change meanwhile: it goes from
 * folder to folder by handle and follows no link, so that nothing outside is reached. Files are replaced, folders merged.
 * @throws EngineError `invalid-argument`, docker's texts
 */
export async function extractFiles(entries: AsyncIterable<TarEntry>, extraction: LocalExtraction): Promise<void> {
  using extractor = new Extractor(extraction);
  for await (const entry of entries) {
    const name = extraction.nameOf(entry.name);
    if (name !== undefined) await extractor.add(entry, partsOf(name));
  }
  extractor.finish();
}

/** An open folder; a name in it is reached through its handle. */
class HeldFolder implements Disposable {
  readonly #fd: number;

  constructor(path: Buffer, flags = constants.O_NOFOLLOW) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | flags);
  }

  path(name: string): Buffer {
    return rawPath(`/proc/self/fd/${this.#fd}/${name}`);
  }

  /** For another program. */
  pathForOthers(name: string): Buffer {
    return rawPath(`/proc/${process.pid}/fd/${this.#fd}/${name}`);
  }

  status(name: string): Stats | undefined {
    return lstatSync(this.path(name), { throwIfNoEntry: false });
  }

  apply(entry: TarEntry, keepsOwners: boolean): void {
    applyTo(this.#fd, entry, keepsOwners);
  }

  setTimes(entry: TarEntry): void {
    futimesSync(this.#fd, secondsOf(entry), secondsOf(entry));
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

class Extractor implements Disposable {
  readonly #extraction: LocalExtraction;
  readonly #top: HeldFolder;
  /** The folder of the last entry stays open: most entries share it with the one before. */
  #open: { readonly path: string; readonly folder: HeldFolder } | undefined;
  /** Set at the end, since making files in a folder changes its time. */
  readonly #folderTimes: { readonly parts: readonly string[]; readonly entry: TarEntry }[] = [];

  constructor(extraction: LocalExtraction) {
    this.#extraction = extraction;
    try {
      this.#top = new HeldFolder(Buffer.from(extraction.folder), 0);
    } catch (error) {
      throw localError(`open ${extraction.folder}`, error);
    }
  }

  async add(entry: TarEntry, parts: readonly string[]): Promise<void> {
    const name = parts.at(-1);
    if (name === undefined) return;
    try {
      const folder = this.#folderAt(parts.slice(0, -1));
      const status = folder.status(name);
      this.#checkKind(entry, parts, status);
      if (entry.type === "symlink") this.#checkLink(entry, parts);
      if (status?.isDirectory() === false) unlinkSync(folder.path(name));
      if (entry.type === "directory") this.#makeFolder(entry, folder, { name, parts, isThere: status !== undefined });
      else await this.#make(entry, folder, name);
    } catch (error) {
      throw hasCode(error, "ELOOP", "ENOTDIR") ? refused(`${this.#shown(parts)} lies below what is no folder`) : localError(`write ${this.#shown(parts)}`, error);
    }
  }

  #shown(parts: readonly string[]): string {
    return shownPath(`${bytePath(this.#extraction.folder)}${this.#extraction.folder === "/" ? "" : "/"}${parts.join("/")}`);
  }

  #checkKind(entry: TarEntry, parts: readonly string[], status: Stats | undefined): void {
    if (status === undefined || status.isDirectory() === (entry.type === "directory")) return;
    const [what, by] = status.isDirectory() ? ["directory", "non-directory"] : ["non-directory", "directory"];
    throw refused(`cannot overwrite ${what} ${JSON.stringify(this.#shown(parts))} with ${by} ${JSON.stringify(this.#extraction.folder)}`);
  }

  /** One that leads up and out would lead the user's next program there. */
  #checkLink({ link }: TarEntry, parts: readonly string[]): void {
    const folder = bytePath(this.#extraction.folder);
    const target = join(folder, ...parts.slice(0, -1), link);
    if (target === folder || target.startsWith(folder === "/" ? "/" : `${folder}/`)) return;
    throw refused(`invalid symlink ${JSON.stringify(this.#shown(parts))} -> ${JSON.stringify(shownPath(link))}`);
  }

  #makeFolder(entry: TarEntry, folder: HeldFolder, { name, parts, isThere }: { readonly name: string; readonly parts: readonly string[]; readonly isThere: boolean }): void {
    if (!isThere) mkdirSync(folder.path(name), 0o700);
    using made = new HeldFolder(folder.path(name));
    made.apply(entry, this.#extraction.keepsOwners);
    this.#folderTimes.push({ parts, entry });
  }

  async #make(entry: TarEntry, folder: HeldFolder, name: string): Promise<void> {
    switch (entry.type) {
      case "file": await this.#makeFile(entry, folder, name); return;
      case "link": this.#makeLink(entry, folder, name); return;
      case "symlink": symlinkSync(rawPath(entry.link), folder.path(name)); break;
      case "char": case "block": case "fifo": makeNode(entry, folder, name); break;
      case "directory": return;
    }
    if (this.#extraction.keepsOwners) lchownSync(folder.path(name), entry.uid, entry.gid);
    lutimesSync(folder.path(name), secondsOf(entry), secondsOf(entry));
  }

  async #makeFile(entry: TarEntry, folder: HeldFolder, name: string): Promise<void> {
    const fd = openSync(folder.path(name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      await writeContent(entry, fd);
      applyTo(fd, entry, this.#extraction.keepsOwners);
      futimesSync(fd, secondsOf(entry), secondsOf(entry));
    } finally {
      closeSync(fd);
    }
  }

  #makeLink(entry: TarEntry, folder: HeldFolder, name: string): void {
    const parts = partsOf(this.#extraction.nameOf(entry.link) ?? "");
    const target = parts.at(-1);
    if (target === undefined) throw refused(`the hard link ${this.#shown([name])} leads nowhere`);
    using from = this.#walk(parts.slice(0, -1), false);
    linkSync(from.path(target), folder.path(name));
  }

  #folderAt(parts: readonly string[]): HeldFolder {
    const path = parts.join("/");
    if (this.#open?.path === path) return this.#open.folder;
    this.#open?.folder[Symbol.dispose]();
    this.#open = undefined;
    const folder = this.#walk(parts, true);
    this.#open = { path, folder };
    return folder;
  }

  /** From folder to folder; with `makes` those that are missing are made. */
  #walk(parts: readonly string[], makes: boolean): HeldFolder {
    let at = new HeldFolder(this.#top.path("."), 0);
    for (const part of parts) {
      using parent = at;
      if (makes && parent.status(part) === undefined) mkdirSync(parent.path(part), 0o755);
      at = new HeldFolder(parent.path(part));
    }
    return at;
  }

  finish(): void {
    for (const { parts, entry } of this.#folderTimes.reverse()) {
      using folder = this.#walk(parts, false);
      folder.setTimes(entry);
    }
  }

  [Symbol.dispose](): void {
    this.#open?.folder[Symbol.dispose]();
    this.#top[Symbol.dispose]();
  }
}

/** The names of a path, which must not lead out. */
function partsOf(name: string): readonly string[] {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw refused(`${JSON.stringify(shownPath(name))} leads out of its archive`);
  }
  return parts;
}

function refused(text: string): EngineError {
  return new EngineError("invalid-argument", text);
}

function secondsOf({ modified: { seconds, nanoseconds } }: TarEntry): number {
  return seconds + nanoseconds / 1e9;
}

/** The mode comes last: a new owner takes setuid away. */
function applyTo(fd: number, entry: TarEntry, keepsOwners: boolean): void {
  if (keepsOwners) fchownSync(fd, entry.uid, entry.gid);
  fchmodSync(fd, entry.mode);
}

/** Node knows no call for that. */
function makeNode({ type, mode, device }: TarEntry, folder: HeldFolder, name: string): void {
  const words = type === "fifo" ? ["p"] : [type === "char" ? "c" : "b", String(device.major), String(device.minor)];
  const path = folder.pathForOthers(name).toString("utf8");
  const { status, stderr } = spawnSync("mknod", ["-m", mode.toString(8), "--", path, ...words], { encoding: "utf8" });
  if (status !== 0) throw new EngineError("internal", `cannot make the ${type} node ${shownPath(name)}: ${stderr.trim()}`);
}

async function writeContent(entry: TarEntry, fd: number): Promise<void> {
  for await (const { bytes, at } of placedData(entry)) {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
  }
  ftruncateSync(fd, entry.size);
}
