import { join } from "node:path";
import type {
  Filters, ImageDeleteItem, ImageHistoryItem, ImageImportOptions, ImageInspect, ImageListOptions, ImagePruneFilter, ImagePruneReply, ImageRemoveOptions, ImageSummary, Platform,
} from "../../api/types/index.ts";
import { EngineError, familiarReference, parseDigest, parseImageReference, type Digest, type ImageReference } from "../../base/index.ts";
import type { Checked, Finding } from "../check/index.ts";
import { PruneTurn } from "../filter/index.ts";
import type { ImageBackend, ImageInspectOptions, ImageLoadOptions } from "../server/backend/index.ts";
import type { BlobStore, Records, Snapshotter } from "../store/index.ts";
import { ImageCatalog, type CatalogEntry } from "./catalog.ts";
import { blobsOf, ImageContent } from "./content.ts";
import { commitImage } from "./commit.ts";
import type { Image, Images, ImageSurroundings, NamedCommit } from "./contract.ts";
import { importArchive, importName } from "./import.ts";
import { checkPlatform, imageHistory, inspectImage } from "./inspect.ts";
import { listImages } from "./list.ts";
import { loadArchive } from "./load.ts";
import { pruneImages } from "./prune.ts";
import { removeImage } from "./remove.ts";
import { imagesToSave, saveImages } from "./save.ts";

export interface ImageServiceParts {
  readonly dataRoot: string;
  readonly records: Records;
  readonly blobs: BlobStore;
  readonly snapshotter: Snapshotter;
  readonly surroundings: ImageSurroundings;
  /** Takes what is wrong and stops nobody. */
  readonly warn: (message: string) => void;
}

/** Opens the images of a data root, and removes what a killed engine left half made. One for a data root. */
export async function openImageService(parts: ImageServiceParts): Promise<ImageService> {
  const catalog = new ImageCatalog(parts);
  for (const problem of catalog.problems) parts.warn(problem);
  const content = new ImageContent({ ...parts, catalog });
  await content.recover();
  return new ImageService({ ...parts, catalog, content });
}

type Inside = ImageServiceParts & { readonly catalog: ImageCatalog; readonly content: ImageContent };

export class ImageService implements ImageBackend, Images, Checked {
  readonly #parts: Inside;
  readonly #pruning = new PruneTurn();
  #asides = 0;

  constructor(parts: Inside) {
    this.#parts = parts;
  }

  resolve(reference: string): Image {
    return this.#parts.catalog.find(reference);
  }

  get(id: Digest): Image | undefined {
    return this.#parts.catalog.get(id);
  }

  names(id: Digest): readonly string[] {
    return this.#parts.catalog.familiarNames(id);
  }

  hold(id: Digest): Disposable {
    const { catalog, content } = this.#parts;
    const entry = catalog.get(id);
    return content.hold(entry === undefined ? [] : [...blobsOf(entry.record), ...entry.chains]);
  }

  async collect(): Promise<void> {
    await this.#parts.content.collectLayers();
  }

  /** How many images there are. */
  count(): number {
    return this.#parts.catalog.all().length;
  }

  async list(options: ImageListOptions): Promise<readonly ImageSummary[]> {
    return await Promise.resolve(listImages(options, this.#parts));
  }

  async findings(): Promise<readonly Finding[]> {
    return await this.#parts.content.findings();
  }

  /** For `system df`: with shared sizes, and how many containers were made of each. */
  async usage(): Promise<readonly ImageSummary[]> {
    const rows = await this.list({ all: false, filters: new Map(), sharedSize: true, manifests: false });
    return rows.map((row) => ({ ...row, Containers: this.#parts.surroundings.usersOf(parseDigest(row.Id)).length }));
  }

  async inspect(ref: string, options: ImageInspectOptions): Promise<ImageInspect> {
    const entry = this.#find(ref, options.platform);
    return await Promise.resolve(inspectImage(entry, options.manifests, this.#parts));
  }

  async history(ref: string, options: { readonly platform?: Platform }): Promise<readonly ImageHistoryItem[]> {
    return await Promise.resolve(imageHistory(this.#find(ref, options.platform), this.#parts));
  }

  #find(ref: string, platform: Platform | undefined): CatalogEntry {
    const entry = this.#parts.catalog.find(ref);
    checkPlatform(entry, ref, platform);
    return entry;
  }

  async tag(ref: string, target: { readonly repository: string; readonly tag?: string }): Promise<void> {
    const entry = this.#parts.catalog.find(ref);
    const { domain, path, tag, digest } = parseImageReference(target.repository);
    if (digest !== undefined) throw new EngineError("invalid-argument", "refusing to create a tag with a digest reference");
    this.#name({ domain, path, tag: target.tag ?? tag ?? "latest" }, entry);
    await Promise.resolve();
  }

  /** @throws EngineError `invalid-argument` for a tag that is none */
  #name(name: ImageReference, entry: CatalogEntry): void {
    const { catalog, surroundings } = this.#parts;
    const checked = parseImageReference(familiarReference(name));
    catalog.setName(checked, entry.id);
    catalog.flush();
    surroundings.emit("tag", entry.id, { ...entry.config.Labels, name: familiarReference(checked) });
  }

  async remove(ref: string, options: ImageRemoveOptions): Promise<readonly ImageDeleteItem[]> {
    for (const platform of options.platforms) this.#find(ref, platform);
    return await removeImage(ref, options.force, this.#parts);
  }

  async prune(filters: Filters<ImagePruneFilter>): Promise<ImagePruneReply> {
    return await this.#pruning.run(() => pruneImages(filters, this.#parts));
  }

  async load(archive: AsyncIterable<Uint8Array>, options: ImageLoadOptions, signal: AbortSignal): Promise<void> {
    await loadArchive(archive, { ...options, signal, aside: this.#aside("load") }, this.#parts);
  }

  async save(refs: readonly string[], options: { readonly platform?: Platform }): Promise<AsyncIterable<Uint8Array>> {
    const { blobs, content, surroundings } = this.#parts;
    const images = imagesToSave(refs, this.#parts.catalog);
    for (const { entry } of images) {
      checkPlatform(entry, entry.id, options.platform);
      surroundings.emit("save", entry.id, { ...entry.config.Labels, name: entry.id });
    }
    const held = async function* (): AsyncGenerator<Uint8Array> {
      using _hold = content.hold(images.flatMap(({ entry }) => blobsOf(entry.record)));
      yield* saveImages(images, blobs);
    };
    return await Promise.resolve(held());
  }

  async import(layer: AsyncIterable<Uint8Array>, options: ImageImportOptions): Promise<string> {
    return await this.#import(layer, options, new Date());
  }

  async #import(layer: AsyncIterable<Uint8Array>, options: ImageImportOptions, created: Date): Promise<string> {
    const name = importName(options);
    const entry = await importArchive(layer, { aside: this.#aside("import"), options, created }, this.#parts);
    this.#parts.surroundings.emit("import", entry.id, { ...entry.config.Labels, name: entry.id });
    if (name === undefined) this.#parts.catalog.flush();
    else this.#name(name, entry);
    return entry.id;
  }

  async commit({ repository, tag, ...request }: NamedCommit): Promise<{ readonly id: Digest; readonly name: string }> {
    const wanted = importName({ changes: [], ...(repository === undefined ? {} : { repository }), ...(tag === undefined ? {} : { tag }) });
    const entry = await commitImage(request, this.#aside("commit"), this.#parts);
    if (wanted === undefined) this.#parts.catalog.flush();
    else this.#name(wanted, entry);
    return { id: entry.id, name: wanted === undefined ? "" : familiarReference(wanted) };
  }

  #aside(what: string): string {
    this.#asides += 1;
    return join(this.#parts.dataRoot, "tmp", `${what}-${process.pid}-${this.#asides}`);
  }
}
