import { join } from "node:path";
import { arch } from "node:process";
import type { Platform, ProgressMessage } from "../../api/types/index.ts";
import { digestHex, EngineError, familiarReference, parseImageReference, type Digest, type ImageReference } from "../../base/index.ts";
import type { BlobStore, Snapshotter } from "../store/index.ts";
import { ArchiveFiles, readArchived, type ArchivedFile } from "./archive.ts";
import type { ImageCatalog, ImageRecord } from "./catalog.ts";
import { chainIds } from "./chain-id.ts";
import { decompress } from "./compression.ts";
import { mediaTypes, parseImageDocument, parseIndex, parseManifestOrIndex, parseSavedImages, type Descriptor, type Manifest } from "./document.ts";

export interface LoadParts {
  readonly blobs: BlobStore;
  readonly snapshotter: Snapshotter;
  readonly catalog: ImageCatalog;
  readonly dataRoot: string;
  readonly emit: (action: string, id: string, attributes: Readonly<Record<string, string>>) => void;
}

export interface LoadRequest {
  readonly quiet: boolean;
  readonly platform?: Platform;
  readonly progress: (message: ProgressMessage) => Promise<void>;
}

/** An image as the archive describes it. */
interface Candidate {
  readonly manifest: { readonly mediaType: string; readonly content: Buffer };
  readonly config: ArchivedFile;
  readonly layers: readonly ArchivedFile[];
  readonly names: readonly ImageReference[];
}

let loads = 0;

/**
 * Loads an archive that docker save, podman, crane or any tool of OCI layouts wrote, plain or compressed. Everything is
 * checked before an image gets a name: digests of blobs, and of the unpacked layers.
 * @throws EngineError `invalid-argument` or `data-corrupt`; images of the archive that came before it are there
 */
export async function loadArchive(archive: AsyncIterable<Uint8Array>, request: LoadRequest, parts: LoadParts & { readonly signal: AbortSignal }): Promise<void> {
  loads += 1;
  await using files = await ArchiveFiles.read(archive, join(parts.dataRoot, "tmp", `load-${process.pid}-${loads}`), parts.signal);
  const candidates = await findImages(files, request.platform);
  if (candidates.length === 0) throw new EngineError("invalid-argument", "the archive holds no image", { hint: "load takes what docker save wrote, or an OCI image layout as a tar archive" });
  for (const candidate of candidates) await loadImage(candidate, request, parts);
  parts.catalog.flush();
}

async function findImages(files: ArchiveFiles, platform: Platform | undefined): Promise<Candidate[]> {
  const index = files.find("index.json");
  const saved = files.find("manifest.json");
  const names = saved === undefined ? new Map<string, ImageReference[]>() : await savedNames(files, saved);
  if (index === undefined || files.find("oci-layout") === undefined) return saved === undefined ? [] : await findSavedImages(files, saved);
  const found = new Map<Digest, Candidate>();
  for (const descriptor of parseIndex(await files.document(index, "index.json"))) {
    const candidate = await resolveDescriptor(files, descriptor, platform);
    if (candidate === undefined) continue;
    const key = candidate.config.digest;
    const all = [...(found.get(key)?.names ?? []), ...annotatedName(descriptor), ...(names.get(key) ?? [])];
    found.set(key, { ...candidate, names: distinct(all) });
  }
  return [...found.values()];
}

function distinct(names: readonly ImageReference[]): ImageReference[] {
  return [...new Map(names.map((name) => [familiarReference(name), name])).values()];
}

async function savedNames(files: ArchiveFiles, saved: ArchivedFile): Promise<Map<string, ImageReference[]>> {
  const names = new Map<string, ImageReference[]>();
  for (const { Config, RepoTags } of parseSavedImages(await files.document(saved, "manifest.json"))) {
    const config = files.find(Config);
    if (config !== undefined) names.set(config.digest, [...(names.get(config.digest) ?? []), ...RepoTags.map(parseTagged)]);
  }
  return names;
}

/** Follows an index to the manifest for this machine, or for the platform asked for. */
async function resolveDescriptor(files: ArchiveFiles, descriptor: Descriptor, platform: Platform | undefined, depth = 0): Promise<Candidate | undefined> {
  const file = files.blob(descriptor.digest);
  if (file?.digest !== undefined && file.digest !== descriptor.digest) throw wrongDigest(descriptor.digest, file.digest);
  const content = await files.document(file, descriptor.digest);
  const parsed = parseManifestOrIndex(content);
  if ("index" in parsed) {
    if (depth > 3) throw new EngineError("invalid-argument", "the archive's indexes are nested too deep");
    const best = chooseDescriptor(parsed.index, platform);
    return best === undefined ? undefined : await resolveDescriptor(files, best, platform, depth + 1);
  }
  return fromManifest(files, parsed.manifest, { mediaType: descriptor.mediaType, content });
}

function chooseDescriptor(descriptors: readonly Descriptor[], platform: Platform | undefined): Descriptor | undefined {
  const architecture = platform?.architecture ?? hostArchitecture();
  const fitting = descriptors.find(
    (descriptor) => descriptor.platform?.architecture === architecture && (platform?.variant === undefined || descriptor.platform.variant === platform.variant),
  );
  return fitting ?? descriptors.find((descriptor) => descriptor.platform === undefined) ?? (platform === undefined ? descriptors[0] : undefined);
}

/** This machine's architecture by Go's name for it, as images have it. */
export function hostArchitecture(): string {
  return arch === "x64" ? "amd64" : arch;
}

function fromManifest(files: ArchiveFiles, manifest: Manifest, source: Candidate["manifest"]): Candidate | undefined {
  // An artifact, such as a signature or a proof of origin, has another configuration.
  if (!/\.(image|container\.image)\.(config\.)?v1(\+json)?$|config\.v1\+json$/.test(manifest.config.mediaType)) return undefined;
  return {
    manifest: source,
    config: existing(files, manifest.config.digest),
    layers: manifest.layers.map((layer) => existing(files, layer.digest)),
    names: [],
  };
}

function existing(files: ArchiveFiles, digest: Digest): ArchivedFile {
  const file = files.blob(digest);
  if (file === undefined) throw new EngineError("invalid-argument", `the archive refers to ${digest}, which is not in it`);
  if (digest.startsWith("sha256:") && file.digest !== digest) throw wrongDigest(digest, file.digest);
  return file;
}

function wrongDigest(expected: Digest, found: Digest): EngineError {
  return new EngineError("data-corrupt", `the archive's ${expected} is something else: its content has the digest ${found}`);
}

function annotatedName(descriptor: Descriptor): ImageReference[] {
  const full = descriptor.annotations["io.containerd.image.name"];
  const short = descriptor.annotations["org.opencontainers.image.ref.name"];
  // The short annotation is often a tag alone, which names no image.
  const text = full ?? (short !== undefined && /[:/]/.test(short) ? short : undefined);
  return text === undefined ? [] : [parseTagged(text)];
}

function parseTagged(text: string): ImageReference {
  const reference = parseImageReference(text);
  return reference.tag === undefined ? { ...reference, tag: "latest" } : reference;
}

async function findSavedImages(files: ArchiveFiles, saved: ArchivedFile): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const { Config, RepoTags, Layers } of parseSavedImages(await files.document(saved, "manifest.json"))) {
    const config = files.find(Config);
    if (config === undefined) throw new EngineError("invalid-argument", `the archive refers to ${Config}, which is not in it`);
    const layers = Layers.map((name) => {
      const layer = files.find(name);
      if (layer === undefined) throw new EngineError("invalid-argument", `the archive refers to ${name}, which is not in it`);
      return layer;
    });
    found.push({ manifest: composeManifest(config, layers), config, layers, names: distinct(RepoTags.map(parseTagged)) });
  }
  return found;
}

/** The manifest that an archive of the old kind lacks. */
export function composeManifest(config: { digest: Digest; size: number }, layers: readonly { digest: Digest; size: number }[]): Candidate["manifest"] {
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: config.digest, size: config.size },
    layers: layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
  };
  return { mediaType: mediaTypes.manifest, content: Buffer.from(JSON.stringify(manifest)) };
}

async function loadImage(candidate: Candidate, request: LoadRequest, parts: LoadParts): Promise<void> {
  const record = await storeImage(candidate, request, parts);
  const entry = parts.catalog.add(record);
  const say = async (message: ProgressMessage): Promise<void> => { await request.progress(message); };
  if (candidate.names.length === 0) await say({ stream: `Loaded image ID: ${entry.id}\n` });
  for (const name of candidate.names) {
    const shown = familiarReference(name);
    const before = parts.catalog.setName(name, entry.id);
    if (before !== undefined) await say({ stream: `The image ${shown} already exists, renaming the old one with ID ${before} to empty string\n` });
    await say({ stream: `Loaded image: ${shown}\n` });
  }
  parts.emit("load", entry.id, { name: candidate.names[0] === undefined ? entry.id : familiarReference(candidate.names[0]) });
}

async function storeImage(candidate: Candidate, request: LoadRequest, { blobs, snapshotter }: LoadParts): Promise<ImageRecord> {
  const document = parseImageDocument(await Bun.file(candidate.config.path).bytes());
  const { diffIds } = document;
  if (diffIds.length !== candidate.layers.length) {
    throw new EngineError("invalid-argument", `the image has ${candidate.layers.length} layers and its configuration names ${diffIds.length}`);
  }
  const chains = chainIds(diffIds);
  for (const [i, layer] of candidate.layers.entries()) {
    const chain = chains[i];
    const diffId = diffIds[i];
    if (chain === undefined || diffId === undefined) continue;
    const isNew = !snapshotter.has(chain);
    const archive = (): AsyncIterable<Uint8Array> => withProgress(decompress(readArchived(layer)), { layer, chain: diffId, request });
    await snapshotter.apply({ chain, parent: chains[i - 1], diffId, archive });
    if (isNew && !request.quiet) await request.progress({ status: "Loading layer", id: digestHex(diffId).slice(0, 12), progressDetail: { current: layer.size, total: layer.size } });
    if (!blobs.has(layer.digest)) await blobs.adopt(layer.path, layer.digest);
  }
  if (!blobs.has(candidate.config.digest)) await blobs.adopt(candidate.config.path, candidate.config.digest);
  const manifest = await blobs.put(candidate.manifest.content);
  return {
    id: candidate.config.digest,
    manifest: { mediaType: candidate.manifest.mediaType === "" ? mediaTypes.manifest : candidate.manifest.mediaType, ...manifest },
    blobs: candidate.layers.map(({ digest }) => digest),
  };
}

const progressStep = 1024 * 1024;

async function* withProgress(
  stream: AsyncIterable<Uint8Array>,
  { layer, chain, request }: { readonly layer: ArchivedFile; readonly chain: Digest; readonly request: LoadRequest },
): AsyncGenerator<Uint8Array> {
  let current = 0;
  let told = 0;
  for await (const piece of stream) {
    current += piece.length;
    if (!request.quiet && current - told >= progressStep) {
      told = current;
      const total = Math.max(layer.size, current);
      await request.progress({ status: "Loading layer", id: digestHex(chain).slice(0, 12), progressDetail: { current, total } });
    }
    yield piece;
  }
}
