import { arch } from "node:process";
import type { Platform } from "../../api/types/index.ts";
import { EngineError, familiarReference, parseImageReference, type Digest, type ImageReference } from "../../base/index.ts";
import { readDocument, type ArchivedFile, type ArchiveFiles } from "./archive.ts";
import { mediaTypes, parseIndex, parseManifestOrIndex, parseSavedImages, type Descriptor, type Manifest } from "./document.ts";

/** An image as an archive describes it. */
export interface FoundImage {
  /** Absent in an archive of the older kind. */
  readonly manifest?: { readonly mediaType: string; readonly content: Buffer };
  readonly config: ArchivedFile;
  /** Bottom up. */
  readonly layers: readonly ArchivedFile[];
  readonly names: readonly ImageReference[];
}

interface Search {
  readonly files: ArchiveFiles;
  readonly platform: Platform | undefined;
}

const deepestIndex = 3;

/**
 * The images of an archive: of its OCI layout where it is one, with the names that manifest.json adds; else those of
 * manifest.json.
 * @throws EngineError `invalid-argument` or `data-corrupt`
 */
export async function findImages(files: ArchiveFiles, platform: Platform | undefined): Promise<FoundImage[]> {
  const saved = await findSavedImages(files);
  const index = files.find("index.json");
  if (index === undefined || files.find("oci-layout") === undefined) return saved;
  const found = new Map<Digest, FoundImage>();
  for (const descriptor of parseIndex(await readDocument(index, "index.json"))) {
    const image = await followDescriptor({ files, platform }, descriptor);
    if (image === undefined) continue;
    const { digest } = image.config;
    const names = [...(found.get(digest)?.names ?? []), ...annotatedName(descriptor)];
    found.set(digest, { ...image, names: distinct(names) });
  }
  return [...found].map(([digest, image]) => {
    const more = saved.filter(({ config }) => config.digest === digest).flatMap(({ names }) => names);
    return { ...image, names: distinct([...image.names, ...more]) };
  });
}

function distinct(names: readonly ImageReference[]): ImageReference[] {
  return [...new Map(names.map((name) => [familiarReference(name), name])).values()];
}

async function findSavedImages(files: ArchiveFiles): Promise<FoundImage[]> {
  const saved = files.find("manifest.json");
  if (saved === undefined) return [];
  return parseSavedImages(await readDocument(saved, "manifest.json")).map(({ Config, RepoTags, Layers }) => ({
    config: files.named(Config),
    layers: Layers.map((name) => files.named(name)),
    names: distinct(RepoTags.map(parseTagged)),
  }));
}

/** Follows an index to the manifest for this machine, or for the platform asked for. */
async function followDescriptor(search: Search, descriptor: Descriptor, depth = 0): Promise<FoundImage | undefined> {
  const { files, platform } = search;
  const content = await readDocument(files.blob(descriptor.digest), descriptor.digest);
  const parsed = parseManifestOrIndex(content);
  if ("manifest" in parsed) return fromManifest(files, parsed.manifest, { mediaType: descriptor.mediaType, content });
  if (depth >= deepestIndex) throw new EngineError("invalid-argument", "the archive's indexes are nested too deep");
  const best = chooseDescriptor(parsed.index, platform);
  return best === undefined ? undefined : await followDescriptor(search, best, depth + 1);
}

function chooseDescriptor(descriptors: readonly Descriptor[], wanted: Platform | undefined): Descriptor | undefined {
  const architecture = wanted?.architecture ?? hostArchitecture();
  const variant = wanted?.variant;
  const fitting = descriptors.find(({ platform }) => platform?.architecture === architecture && (variant === undefined || platform.variant === variant));
  return fitting ?? descriptors.find(({ platform }) => platform === undefined) ?? (wanted === undefined ? descriptors[0] : undefined);
}

/** This machine's architecture by Go's name for it, as images have it. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return names[arch] ?? arch;
}

const configTypes: readonly string[] = [mediaTypes.config, mediaTypes.dockerConfig];

function fromManifest(files: ArchiveFiles, manifest: Manifest, source: { mediaType: string; content: Buffer }): FoundImage | undefined {
  // An artifact, such as a signature or a proof of origin, has a configuration of another kind.
  if (!configTypes.includes(manifest.config.mediaType)) return undefined;
  const mediaType = [source.mediaType, manifest.mediaType, mediaTypes.manifest].find((type) => type !== "") ?? "";
  return {
    manifest: { mediaType, content: source.content },
    config: files.blob(manifest.config.digest),
    layers: manifest.layers.map((layer) => files.blob(layer.digest)),
    names: [],
  };
}

function annotatedName(descriptor: Descriptor): ImageReference[] {
  const full = descriptor.annotations["io.containerd.image.name"];
  const short = descriptor.annotations["org.opencontainers.image.ref.name"];
  // The short annotation is often a tag alone, which names no image.
  const text = full ?? (short !== undefined && /[:/]/.test(short) ? short : undefined);
  return text === undefined ? [] : [parseTagged(text)];
}

function parseTagged(text: string): ImageReference {
  const { domain, path, tag = "latest" } = parseImageReference(text);
  return { domain, path, tag };
}
