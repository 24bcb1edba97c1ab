import { digestHex, familiarReference, type Digest, type ImageReference } from "../../base/index.ts";
import { encodeMember, tarEnd, tarPadding, type TarMember } from "../../base/tar/index.ts";
import type { BlobStore } from "../store/index.ts";
import { annotationsFor, type CatalogEntry, type ImageCatalog } from "./catalog.ts";
import { canonicalName } from "./contract.ts";
import { blobsOf } from "./content.ts";
import { mediaTypes } from "./document.ts";

/** An image to save, with the names that it gets in the archive. */
export interface Saved {
  readonly entry: CatalogEntry;
  readonly names: readonly ImageReference[];
}

/**
 * One archive of images that is an OCI image layout and what docker load reads at once: blobs lie where a layout has
 * them, manifest.json points there. The same images give the same bytes.
 */
export async function* saveImages(images: readonly Saved[], blobs: BlobStore): AsyncGenerator<Uint8Array, void> {
  const digests = [...new Set(images.flatMap(({ entry }) => blobsOf(entry.record)))].sort();
  yield* folder("blobs/");
  for (const algorithm of ["sha256", "sha512"]) {
    const own = digests.filter((digest) => digest.startsWith(`${algorithm}:`));
    if (own.length === 0) continue;
    yield* folder(`blobs/${algorithm}/`);
    for (const digest of own) yield* file(blobPath(digest), blobs.size(digest), blobs.read(digest));
  }
  yield* document("index.json", index(images));
  yield* document("manifest.json", savedManifest(images));
  yield* document("oci-layout", { imageLayoutVersion: "1.0.0" });
  yield* document("repositories", repositories(images));
  yield tarEnd();
}

function blobPath(digest: Digest): string {
  return `blobs/${digest.slice(0, digest.indexOf(":"))}/${digestHex(digest)}`;
}

function index(images: readonly Saved[]): unknown {
  const manifests = images.flatMap(({ entry, names }) => {
    const { architecture, os, variant } = entry.document;
    const descriptor = { ...entry.manifest, platform: { architecture, os, ...(variant === undefined ? {} : { variant }) } };
    if (names.length === 0) return [descriptor];
    return names.map((name) => ({ ...descriptor, annotations: annotationsFor(canonicalName(name)) }));
  });
  return { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
}

function savedManifest(images: readonly Saved[]): unknown {
  return images.map(({ entry, names }) => ({
    Config: blobPath(entry.id),
    RepoTags: names.length === 0 ? null : names.map(familiarReference),
    Layers: entry.record.blobs.map(blobPath),
  }));
}

/** What readers of the oldest archives look for: for each name and tag the topmost layer. */
function repositories(images: readonly Saved[]): unknown {
  const found = new Map<string, Record<string, string>>();
  for (const { entry, names } of images) {
    const top = entry.record.blobs.at(-1);
    if (top === undefined) continue;
    for (const { domain, path, tag = "latest" } of names) {
      const name = familiarReference({ domain, path });
      found.set(name, { ...found.get(name), [tag]: digestHex(top) });
    }
  }
  return Object.fromEntries(found);
}

async function* document(name: string, value: unknown): AsyncGenerator<Uint8Array, void> {
  const content = Buffer.from(JSON.stringify(value));
  yield* file(name, content.length, [content]);
}

function member(name: string, type: TarMember["type"], size: number): TarMember {
  return { name, type, mode: type === "directory" ? 0o755 : 0o644, size, modified: { seconds: 0, nanoseconds: 0 } };
}

async function* folder(name: string): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(encodeMember(member(name, "directory", 0)));
}

async function* file(name: string, size: number, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield encodeMember(member(name, "file", size));
  yield* content;
  yield tarPadding(size);
}

/**
 * The images that references mean, each once, with the tags that were meant: a repository without a tag means all of its
 * tags, an id the image alone.
 * @throws EngineError `not-found`
 */
export function imagesToSave(texts: readonly string[], catalog: ImageCatalog): Saved[] {
  const found = new Map<Digest, { entry: CatalogEntry; names: Map<string, ImageReference> }>();
  for (const text of texts) {
    for (const { entry, name } of meant(text, catalog)) {
      const saved = found.get(entry.id) ?? { entry, names: new Map<string, ImageReference>() };
      if (name !== undefined) saved.names.set(canonicalName(name), name);
      found.set(entry.id, saved);
    }
  }
  return [...found.values()].map(({ entry, names }) => ({ entry, names: [...names.values()] }));
}

function meant(text: string, catalog: ImageCatalog): readonly { readonly entry: CatalogEntry; readonly name?: ImageReference }[] {
  const tags = catalog.tagsOf(text);
  return tags.length > 0 ? tags : [{ entry: catalog.find(text) }];
}
