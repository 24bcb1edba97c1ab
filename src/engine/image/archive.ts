import { createHash } from "node:crypto";
import { createReadStream, mkdirSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, parseDigest, type Digest } from "../../base/index.ts";
import { damaged, readTar, type TarEntry } from "../../base/tar/index.ts";
import { decompress, detectCompression, type Compression } from "./compression.ts";

/** A file of an archive that was written aside. */
export interface ArchivedFile {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly compression: Compression;
}

const largestDocument = 16 * 1024 * 1024;
const mostFiles = 100_000;

/**
 * An image archive with its files laid aside under numbers of our own, since the names in it are a stranger's. They are
 * found again by name, or by digest for a layout whose blobs are named by it.
 */
export class ArchiveFiles implements AsyncDisposable {
  readonly #folder: string;
  readonly #files = new Map<string, ArchivedFile>();
  readonly #links = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder to be made, and removed on disposal */
  static async read(stream: AsyncIterable<Uint8Array>, folder: string, signal: AbortSignal): Promise<ArchiveFiles> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const files = new ArchiveFiles(folder);
    try {
      for await (const entry of readTar(decompress(stream))) {
        signal.throwIfAborted();
        await files.#add(entry);
      }
      return files;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #add(entry: TarEntry): Promise<void> {
    const name = clean(entry.name);
    if (entry.type === "symlink") this.#links.set(name, resolveLink(name, entry.link));
    if (entry.type === "link") this.#links.set(name, clean(entry.link));
    if (entry.type !== "file") return;
    if (this.#files.size >= mostFiles) throw damaged(`it has more than ${mostFiles} files`);
    const path = join(this.#folder, String(this.#files.size));
    const file = await layAside(entry.body(), path, name.startsWith("blobs/sha512/") ? "sha512" : "sha256");
    this.#links.delete(name);
    this.#files.set(name, file);
  }

  find(name: string): ArchivedFile | undefined {
    let at = clean(name);
    for (let hops = 0; hops < 8; hops++) {
      const file = this.#files.get(at);
      if (file !== undefined) return file;
      const next = this.#links.get(at);
      if (next === undefined) return undefined;
      at = next;
    }
    return undefined;
  }

  /** @throws EngineError `data-corrupt` where the content is not what its name says, `invalid-argument` where it is not there */
  blob(digest: Digest): ArchivedFile {
    const [algorithm = "", hex = ""] = digest.split(":");
    const file = this.find(`blobs/${algorithm}/${hex}`);
    if (file === undefined) throw new EngineError("invalid-argument", `the archive refers to ${digest}, which is not in it`);
    if (file.digest === digest) return file;
    throw new EngineError("data-corrupt", `the archive's ${digest} is something else: its content has the digest ${file.digest}`);
  }

  /** @throws EngineError `invalid-argument` where it is not there */
  named(name: string): ArchivedFile {
    const file = this.find(name);
    if (file === undefined) throw new EngineError("invalid-argument", `the archive refers to ${name}, which is not in it`);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Writes a stream to a new file. */
export async function layAside(stream: AsyncIterable<Uint8Array>, path: string, algorithm: "sha256" | "sha512" = "sha256"): Promise<ArchivedFile> {
  const hash = createHash(algorithm);
  const start: number[] = [];
  let size = 0;
  const file = await open(path, "wx", 0o600);
  try {
    for await (const piece of stream) {
      if (start.length < 4) start.push(...piece.subarray(0, 4));
      hash.update(piece);
      size += piece.length;
      await file.writeFile(piece);
    }
  } finally {
    await file.close();
  }
  return { path, digest: parseDigest(`${algorithm}:${hash.digest("hex")}`), size, compression: detectCompression(Uint8Array.from(start)) };
}

/** A small file whole. @throws EngineError where it is too large to be a document */
export async function readDocument(file: ArchivedFile, name: string): Promise<Buffer> {
  if (file.size > largestDocument) throw new EngineError("invalid-argument", `${name} in the archive is too large for a document`);
  return await readFile(file.path);
}

export function readArchived(file: ArchivedFile): AsyncIterable<Uint8Array> {
  return createReadStream(file.path, { highWaterMark: 1024 * 1024 });
}

function clean(name: string): string {
  return name.split("/").filter((part) => part !== "" && part !== ".").join("/");
}

/** docker save wrote a layer that two images share as a link such as "../<id>/layer.tar". */
function resolveLink(name: string, target: string): string {
  const parts = target.startsWith("/") ? [] : name.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
