import { createHash } from "node:crypto";
import { EngineError, parseDigest, type Digest } from "../../base/index.ts";
import type { BlobStore, Snapshotter } from "../store/index.ts";
import { readArchived, type ArchivedFile } from "./archive.ts";
import type { CatalogEntry, ImageCatalog } from "./catalog.ts";
import { chainIds, sha256Of } from "./chain-id.ts";
import { decompress, type Compression } from "./compression.ts";
import type { ImageContent } from "./content.ts";
import { mediaTypes, parseImageDocument } from "./document.ts";

export interface StoreParts {
  readonly blobs: BlobStore;
  readonly snapshotter: Snapshotter;
  readonly catalog: ImageCatalog;
  readonly content: ImageContent;
}

/** A layer as it is kept, compressed or not. */
export interface LayerContent {
  readonly digest: Digest;
  readonly size: number;
  readonly compression: Compression;
  /** Where it is laid aside, to be moved from there; absent: it is in the store. */
  readonly path?: string;
}

export interface NewImage {
  readonly config: Buffer;
  /** Absent: one is composed. */
  readonly manifest?: { readonly mediaType: string; readonly content: Buffer };
  /** Bottom up. */
  readonly layers: readonly LayerContent[];
}

/** Told of a layer's bytes as they are unpacked. */
export type LayerProgress = (layer: { readonly diffId: Digest; readonly current: number; readonly total: number }) => Promise<void>;

interface LayerStep {
  readonly file: LayerContent;
  readonly chain: Digest;
  readonly parent: Digest | undefined;
  readonly diffId: Digest;
}

/**
 * Stores an image's content and then its record. Where something fails, what was stored for it alone is removed again.
 * @throws EngineError `invalid-argument` or `data-corrupt` for an image that is not what it says
 */
export async function storeImage(image: NewImage, progress: LayerProgress, parts: StoreParts): Promise<CatalogEntry> {
  const { diffIds } = parseImageDocument(image.config);
  if (diffIds.length !== image.layers.length) {
    throw new EngineError("invalid-argument", `the image has ${image.layers.length} layers and its configuration names ${diffIds.length}`);
  }
  const id = sha256Of(image.config);
  const manifest = image.manifest ?? composeManifest({ digest: id, size: image.config.length }, image.layers);
  const manifestDigest = sha256Of(manifest.content);
  const blobs = [id, manifestDigest, ...image.layers.map(({ digest }) => digest)];
  const chains = chainIds(diffIds);
  const steps = image.layers.flatMap((file, i): LayerStep[] => {
    const [chain, diffId] = [chains[i], diffIds[i]];
    return chain === undefined || diffId === undefined ? [] : [{ file, chain, diffId, parent: chains[i - 1] }];
  });
  const before = parts.catalog.get(id)?.record;
  const hold = parts.content.hold([...blobs, ...chains]);
  try {
    for (const step of steps) await storeLayer(step, progress, parts);
    await parts.blobs.put(image.config);
    await parts.blobs.put(manifest.content);
    await parts.blobs.settle();
    // A manifest that came with the image is worth more than one of our own; of two that came the first stays.
    if (before !== undefined && (image.manifest === undefined || before.isManifestGiven)) return parts.catalog.add(before);
    return parts.catalog.add({
      id,
      manifest: { mediaType: manifest.mediaType, digest: manifestDigest, size: manifest.content.length },
      isManifestGiven: image.manifest !== undefined,
      blobs: image.layers.map(({ digest }) => digest),
      content: image.config.length + manifest.content.length + image.layers.reduce((sum, { size }) => sum + size, 0),
    });
  } finally {
    hold[Symbol.dispose]();
    await parts.content.collectBlobs([...blobs, ...(before === undefined ? [] : [before.manifest.digest, ...before.blobs])]);
    await parts.content.collectLayers();
  }
}

async function storeLayer({ file, chain, parent, diffId }: LayerStep, progress: LayerProgress, { blobs, snapshotter }: StoreParts): Promise<void> {
  if (file.path !== undefined) await blobs.adopt(file.path, file);
  if (file.compression === "none" && file.digest.startsWith("sha256:") && file.digest !== diffId) {
    throw new EngineError("data-corrupt", `the layer's content is not what its image promises: expected ${diffId}, found ${file.digest}`);
  }
  const archive = (): AsyncIterable<Uint8Array> => decompress(told(blobs.read(file.digest), (current) => progress({ diffId, current, total: file.size })));
  await snapshotter.apply({ chain, parent, diffId, archive });
}

async function* told(stream: AsyncIterable<Uint8Array>, tell: (current: number) => Promise<void>): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const piece of stream) {
    current += piece.length;
    yield piece;
    await tell(current);
  }
}

const layerTypes = { none: mediaTypes.layer, gzip: mediaTypes.gzipLayer, zstd: mediaTypes.zstdLayer };

/** The manifest that an archive of the older kind lacks. */
function composeManifest(config: { digest: Digest; size: number }, layers: readonly LayerContent[]): { mediaType: string; content: Buffer } {
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: config.digest, size: config.size },
    layers: layers.map(({ digest, size, compression }) => ({ mediaType: layerTypes[compression], digest, size })),
  };
  return { mediaType: mediaTypes.manifest, content: Buffer.from(JSON.stringify(manifest)) };
}

/** What a layer laid aside is when it is not compressed. */
export async function diffIdOf(file: ArchivedFile): Promise<Digest> {
  if (file.compression === "none" && file.digest.startsWith("sha256:")) return file.digest;
  const hash = createHash("sha256");
  for await (const piece of decompress(readArchived(file))) hash.update(piece);
  return parseDigest(`sha256:${hash.digest("hex")}`);
}
