import { closeSync, constants, fstatSync, lstatSync, openSync, read as readWithCallback, readdirSync, readlinkSync, readSync, type BigIntStats } from "node:fs";
import { promisify } from "node:util";
import { ByteBatch, encodeMember, tarEnd, tarPadding, type TarMember, type TarType } from "../../base/tar/index.ts";
import { rawPath, shownPath } from "./byte-path.ts";
import { hasCode, localError } from "./local-error.ts";

const read = promisify(readWithCallback);

/** Files up to this size are read at once. */
const smallFile = 128 * 1024;
const pieceSize = 1024 * 1024;

/**
 * A file, or a folder with all that is in it, as a tar archive: owners, times to the second, hard links and nodes; a link
 * stays a link. What goes meanwhile is left out.
 * @param path absolute, as bytes
 * @param name what it is called in the archive
 */
export async function* archiveFiles(path: string, name: string): AsyncGenerator<Uint8Array, void> {
  const packer = new Packer();
  yield* packer.add(path, name);
  yield* packer.end();
}

class Packer {
  readonly #batch = new ByteBatch();
  /** The first name of each file that has several. */
  readonly #linked = new Map<string, string>();

  *end(): Generator<Uint8Array> {
    this.#batch.add(tarEnd());
    yield* this.#batch.take();
  }

  async *add(path: string, name: string): AsyncGenerator<Uint8Array, void> {
    const status = statusOf(path);
    const type = status === undefined ? undefined : typeOf(status);
    if (status === undefined || type === undefined) return;
    if (type === "file") yield* this.#file(path, name);
    else this.#other(path, { name: type === "directory" ? `${name.replace(/\/$/, "")}/` : name, status, type });
    if (this.#batch.isFull) yield* this.#batch.take();
    if (type !== "directory") return;
    for (const inner of namesIn(path)) yield* this.add(`${path}/${inner}`, `${name.replace(/\/$/, "")}/${inner}`);
  }

  #other(path: string, { name, status, type }: { readonly name: string; readonly status: BigIntStats; readonly type: TarType }): void {
    const link = type === "symlink" ? readlinkSync(rawPath(path), { encoding: "buffer" }).toString("latin1") : undefined;
    this.#header(status, { name, type, ...(link === undefined ? {} : { link }) });
  }

  async *#file(path: string, name: string): AsyncGenerator<Uint8Array, void> {
    const fd = openFile(path);
    if (fd === undefined) return;
    try {
      // Of what was opened: another file may have its name by now.
      const status = fstatSync(fd, { bigint: true });
      if (!status.isFile()) return;
      const first = this.#firstName(status, name);
      if (first !== undefined) {
        this.#header(status, { name, type: "link", link: first });
        return;
      }
      const size = Number(status.size);
      this.#header(status, { name, type: "file", size });
      if (size <= smallFile) this.#batch.add(readWhole(fd, size));
      else yield* this.#large(fd, size);
      this.#batch.add(tarPadding(size));
    } finally {
      closeSync(fd);
    }
  }

  #firstName({ nlink, dev, ino }: BigIntStats, name: string): string | undefined {
    if (nlink < 2n) return undefined;
    const key = `${dev}:${ino}`;
    const first = this.#linked.get(key);
    if (first === undefined) this.#linked.set(key, name);
    return first;
  }

  async *#large(fd: number, size: number): AsyncGenerator<Uint8Array, void> {
    yield* this.#batch.take();
    for (let at = 0; at < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, size - at));
      const { bytesRead } = await read(fd, piece, 0, piece.length, at);
      // It was cut off meanwhile, and the header has promised its size.
      if (bytesRead === 0) piece.fill(0);
      yield bytesRead === 0 ? piece : piece.subarray(0, bytesRead);
      at += bytesRead === 0 ? piece.length : bytesRead;
    }
  }

  #header(status: BigIntStats, { name, type, link, size = 0 }: { readonly name: string; readonly type: TarType; readonly link?: string; readonly size?: number }): void {
    const member: TarMember = {
      name, type, size,
      mode: Number(status.mode & 0o7777n), uid: Number(status.uid), gid: Number(status.gid),
      modified: { seconds: Math.floor(Number(status.mtimeNs / 1_000_000n) / 1000), nanoseconds: 0 },
      ...(link === undefined ? {} : { link }),
      ...(type === "char" || type === "block" ? { device: deviceOf(status.rdev) } : {}),
    };
    this.#batch.add(encodeMember(member));
  }
}

function statusOf(path: string): BigIntStats | undefined {
  return lstatSync(rawPath(path), { bigint: true, throwIfNoEntry: false });
}

/** @returns undefined for a socket, which has no place in an archive */
function typeOf(status: BigIntStats): TarType | undefined {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "directory";
  if (status.isSymbolicLink()) return "symlink";
  if (status.isFIFO()) return "fifo";
  if (status.isCharacterDevice()) return "char";
  return status.isBlockDevice() ? "block" : undefined;
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(rawPath(path), { encoding: "buffer" }).map((name) => name.toString("latin1")).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw localError(`open ${shownPath(path)}`, error);
  }
}

/** Never waits, as a FIFO in the file's place would make it. */
function openFile(path: string): number | undefined {
  try {
    return openSync(rawPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ELOOP")) return undefined;
    throw localError(`open ${shownPath(path)}`, error);
  }
}

/** makedev(3) the other way round. */
function deviceOf(device: bigint): { readonly major: number; readonly minor: number } {
  const number = Number(device);
  const high = Math.floor(number / 2 ** 32);
  return { major: ((number >>> 8) & 0xfff) | (high & 0xfffff000), minor: (number & 0xff) | ((number >>> 12) & 0xfff00) };
}

function readWhole(fd: number, size: number): Uint8Array {
  const content = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const count = readSync(fd, content, done, size - done, done);
    if (count === 0) break;
    done += count;
  }
  return content.fill(0, done);
}
