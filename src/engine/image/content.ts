import type { Digest } from "../../base/index.ts";
import type { Checked, Finding } from "../check/index.ts";
import type { BlobStore, Snapshotter } from "../store/index.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";

export interface ContentParts {
  readonly catalog: ImageCatalog;
  readonly blobs: BlobStore;
  readonly snapshotter: Snapshotter;
}

/**
 * Removes blobs and layers that nothing needs. Needed is what an image or a container stands on, and what is held:
 * whoever makes an image holds its content from before it is stored until its record is there. Whether something is
 * needed is asked, and it is taken out of sight, without anybody else coming in between.
 */
export class ImageContent implements Checked {
  readonly #parts: ContentParts;
  readonly #held = new Map<Digest, number>();

  constructor(parts: ContentParts) {
    this.#parts = parts;
  }

  /** Blobs and layers, each by its digest or chain id. */
  hold(digests: readonly Digest[]): Disposable {
    for (const digest of digests) this.#held.set(digest, (this.#held.get(digest) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        for (const digest of digests) {
          const left = (this.#held.get(digest) ?? 1) - 1;
          if (left === 0) this.#held.delete(digest);
          else this.#held.set(digest, left);
        }
      },
    };
  }

  /** Removes the layers that nothing needs. @returns them, topmost first */
  async collectLayers(): Promise<readonly Digest[]> {
    const { snapshotter } = this.#parts;
    const needed = this.#neededLayers();
    const unneeded = snapshotter.layers().filter((chain) => !needed.has(chain));
    const depth = new Map(unneeded.map((chain) => [chain, snapshotter.folders(chain).length]));
    const order = unneeded.sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0));
    await Promise.all(order.map((chain) => snapshotter.removeLayer(chain)));
    return order;
  }

  /** Removes those of some blobs that nothing needs. */
  async collectBlobs(candidates: readonly Digest[]): Promise<void> {
    const { blobs } = this.#parts;
    const needed = this.#neededBlobs();
    await Promise.all(candidates.filter((digest) => !needed.has(digest)).map((digest) => blobs.remove(digest)));
  }

  /** At start, before anything is made: whatever belongs to no image is what a killed engine left. */
  async recover(): Promise<void> {
    await this.collectLayers();
    await this.collectBlobs(this.#parts.blobs.list());
  }

  /** Content that nothing needs, and images that lack some. */
  findings(): Promise<readonly Finding[]> {
    const { catalog, blobs, snapshotter } = this.#parts;
    const [layers, kept] = [this.#neededLayers(), this.#neededBlobs()];
    const stray = (subject: "layer" | "blob", name: Digest, size: number): Finding => ({
      subject, name, size, reason: subject === "layer" ? "no image and no container stands on it" : "no image needs it",
      repair: async () => { await (subject === "layer" ? this.collectLayers() : this.collectBlobs([name])); },
    });
    return Promise.resolve([
      ...snapshotter.layers().filter((chain) => !layers.has(chain)).map((chain) => stray("layer", chain, snapshotter.layer(chain).size)),
      ...blobs.list().filter((digest) => !kept.has(digest)).map((digest) => stray("blob", digest, blobs.size(digest))),
      ...snapshotter.strays().map(({ path, repair }): Finding => ({ subject: "file", name: path, reason: "it is no whole layer", repair })),
      ...catalog.unreadable.map(({ id }): Finding => ({ subject: "image", name: id, reason: "it cannot be read; to load it again may be all that it takes" })),
      ...catalog.all().flatMap((entry) => this.#lacks(entry)),
    ]);
  }

  #lacks({ id, record, chains }: CatalogEntry): readonly Finding[] {
    const { blobs, snapshotter } = this.#parts;
    const missing = [...blobsOf(record).filter((digest) => !blobs.has(digest)), ...chains.filter((chain) => !snapshotter.has(chain))];
    return missing.map((digest) => ({ subject: "image", name: id, reason: `${digest} is not in the store; load the image again` }));
  }

  #neededBlobs(): Set<Digest> {
    const { catalog } = this.#parts;
    const needed = new Set(this.#held.keys());
    for (const { record } of [...catalog.all(), ...catalog.unreadable.map((record) => ({ record }))]) {
      for (const digest of blobsOf(record)) needed.add(digest);
    }
    return needed;
  }

  #neededLayers(): Set<Digest> {
    const { catalog, snapshotter } = this.#parts;
    const needed = new Set<Digest>();
    const need = (top: Digest | undefined): void => {
      for (let chain = top; chain !== undefined && !needed.has(chain) && snapshotter.has(chain); chain = snapshotter.layer(chain).parent) needed.add(chain);
    };
    for (const { chain } of catalog.all()) need(chain);
    for (const container of snapshotter.containers()) need(snapshotter.chainOf(container));
    for (const held of this.#held.keys()) need(held);
    return needed;
  }
}

/** Every blob of an image. */
export function blobsOf(record: CatalogEntry["record"]): readonly Digest[] {
  return [record.id, record.manifest.digest, ...record.blobs];
}
