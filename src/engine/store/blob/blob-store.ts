import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestAlgorithm, digestHex, EngineError, parseDigest, type Digest } from "../../../base/index.ts";
import { byteNameOf, openFolder, openTree, syncFileSystem } from "../../../host/files/index.ts";

export interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

export interface IngestOptions {
  /** What the content has to be; other content is refused and leaves nothing. */
  readonly expected?: Digest;
}

/**
 * Content by digest, in the folders of an OCI image layout (image-spec, image-layout.md), so that other tools can read
 * it. A blob appears complete and verified, or not at all: it is written aside and renamed. It outlasts a power cut once
 * `settle` was called, so no record names it before.
 */
export class BlobStore {
  readonly #root: string;
  readonly #aside: string;
  #number = 0;

  constructor(dataRoot: string) {
    this.#root = dataRoot;
    this.#aside = join(dataRoot, "tmp");
    mkdirSync(join(dataRoot, "blobs/sha256"), { recursive: true, mode: 0o700 });
    mkdirSync(join(dataRoot, "blobs/sha512"), { recursive: true, mode: 0o700 });
    mkdirSync(this.#aside, { recursive: true, mode: 0o711 });
    writeFileSync(join(dataRoot, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  }

  has(digest: Digest): boolean {
    return existsSync(this.path(digest));
  }

  /** @throws EngineError `not-found` */
  size(digest: Digest): number {
    const status = statSync(this.path(digest), { throwIfNoEntry: false });
    if (status === undefined) throw missing(digest);
    return status.size;
  }

  path(digest: Digest): string {
    return join(this.#root, "blobs", digestAlgorithm(digest), digestHex(digest));
  }

  /** The content in pieces. @throws EngineError `not-found` */
  read(digest: Digest): AsyncIterable<Uint8Array> {
    if (!this.has(digest)) throw missing(digest);
    return createReadStream(this.path(digest), { highWaterMark: 256 * 1024 });
  }

  /**
   * A small blob, such as a manifest or a configuration, checked against its digest.
   * @throws EngineError `not-found`, or `data-corrupt` when the disk no longer holds what was written
   */
  readWhole(digest: Digest): Buffer {
    if (!this.has(digest)) throw missing(digest);
    const content = readFileSync(this.path(digest));
    if (createHash(digestAlgorithm(digest)).update(content).digest("hex") !== digestHex(digest)) {
      throw new EngineError("data-corrupt", `blob ${digest} is damaged on disk`, { hint: "remove the image and load it again" });
    }
    return content;
  }

  /** Stores what a stream brings. Content that is there already costs no second copy. */
  async ingest(stream: AsyncIterable<Uint8Array>, options: IngestOptions = {}): Promise<Blob> {
    const { expected } = options;
    const path = this.#asidePath();
    const algorithm = expected === undefined ? "sha256" : digestAlgorithm(expected);
    const hash = createHash(algorithm);
    let size = 0;
    const file = await open(path, "wx", 0o600);
    try {
      try {
        for await (const piece of stream) {
          hash.update(piece);
          size += piece.length;
          await file.writeFile(piece);
        }
      } finally {
        await file.close();
      }
      const digest = parseDigest(`${algorithm}:${hash.digest("hex")}`);
      if (expected !== undefined && digest !== expected) throw mismatch(expected, digest);
      await rename(path, this.path(digest));
      return { digest, size };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Stores a small blob. */
  async put(content: Uint8Array): Promise<Blob> {
    const digest = parseDigest(`sha256:${createHash("sha256").update(content).digest("hex")}`);
    if (this.has(digest) && readFileSync(this.path(digest)).equals(content)) return { digest, size: content.length };
    return await this.ingest(single(content), { expected: digest });
  }

  /** Takes in a finished file of this data root's file system, whose digest was found while it was written. */
  async adopt(path: string, { digest, size }: Blob): Promise<void> {
    // What is there and on disk is not replaced by what is not on disk yet.
    if (this.has(digest) && this.size(digest) === size) return;
    await rename(path, this.path(digest));
  }

  /** Resolves when all of the data root's content is on disk, blobs and layers: before a record tells of it. */
  async settle(): Promise<void> {
    using root = openTree(this.#root);
    using folder = openFolder(root, byteNameOf("."));
    await syncFileSystem(folder);
  }

  /** Gone from sight when this returns its promise; one that is not there is no error. */
  async remove(digest: Digest): Promise<void> {
    const path = this.path(digest);
    if (!existsSync(path)) return;
    const aside = this.#asidePath();
    renameSync(path, aside);
    await rm(aside, { force: true });
  }

  /** Every blob that is there. */
  list(): Digest[] {
    return (["sha256", "sha512"] as const).flatMap((algorithm) =>
      readdirSync(join(this.#root, "blobs", algorithm)).map((hex) => parseDigest(`${algorithm}:${hex}`)),
    );
  }

  #asidePath(): string {
    this.#number += 1;
    return join(this.#aside, `blob-${process.pid}-${this.#number}`);
  }
}

/** Takes away what a killed engine was writing. Before anything else uses the data root. */
export function emptyAside(dataRoot: string): void {
  rmSync(join(dataRoot, "tmp"), { recursive: true, force: true });
  mkdirSync(join(dataRoot, "tmp"), { recursive: true, mode: 0o711 });
}

async function* single(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

function missing(digest: Digest): EngineError {
  return new EngineError("not-found", `blob ${digest} is not in the store`);
}

function mismatch(expected: Digest, found: Digest): EngineError {
  return new EngineError("data-corrupt", `the content is not what was promised: expected ${expected}, found ${found}`);
}
