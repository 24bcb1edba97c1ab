import type { Platform, ProgressMessage } from "../../api/types/index.ts";
import { digestHex, EngineError, familiarReference } from "../../base/index.ts";
import { ArchiveFiles, readDocument } from "./archive.ts";
import type { CatalogEntry } from "./catalog.ts";
import type { ImageSurroundings } from "./contract.ts";
import { findImages, type FoundImage } from "./find-images.ts";
import { storeImage, type LayerProgress, type StoreParts } from "./store-image.ts";

export interface LoadParts extends StoreParts {
  readonly surroundings: ImageSurroundings;
}

export interface LoadRequest {
  /** A folder of its own to lay the archive's files aside in; made and removed again. */
  readonly aside: string;
  readonly quiet: boolean;
  readonly platform?: Platform;
  readonly progress: (message: ProgressMessage) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Loads an archive that docker save, podman, crane or any tool of OCI layouts wrote, plain or compressed. Everything is
 * checked before an image gets a name: digests of blobs, and of the unpacked layers.
 * @throws EngineError `invalid-argument` or `data-corrupt`; images of the archive that came before it are there
 */
export async function loadArchive(archive: AsyncIterable<Uint8Array>, request: LoadRequest, parts: LoadParts): Promise<void> {
  await using files = await ArchiveFiles.read(archive, request.aside, request.signal);
  const images = await findImages(files, request.platform);
  if (images.length === 0) {
    throw new EngineError("invalid-argument", "the archive holds no image", {
      hint: "load takes what docker save wrote, or an OCI image layout as a tar archive; import takes the files of a root file system",
    });
  }
  for (const image of images) await loadImage(image, request, parts);
}

async function loadImage(image: FoundImage, request: LoadRequest, parts: LoadParts): Promise<void> {
  const config = await readDocument(image.config, "the configuration");
  const { manifest, layers } = image;
  const entry = await storeImage({ config, layers, ...(manifest === undefined ? {} : { manifest }) }, layerProgress(request), parts);
  parts.surroundings.emit("load", entry.id, { ...entry.config.Labels, name: entry.id });
  if (image.names.length === 0) await request.progress({ stream: `Loaded image ID: ${entry.id}\n` });
  for (const line of nameImage(image, entry, parts)) await request.progress({ stream: line });
}

function nameImage({ names }: FoundImage, entry: CatalogEntry, { catalog }: LoadParts): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const shown = familiarReference(name);
    const before = catalog.setName(name, entry.id);
    if (before !== undefined) lines.push(`The image ${shown} already exists, renaming the old one with ID ${before} to empty string\n`);
    lines.push(`Loaded image: ${shown}\n`);
    const { domain, path } = name;
    if (entry.record.isManifestGiven) catalog.setName({ domain, path, digest: entry.record.manifest.digest }, entry.id);
  }
  catalog.flush();
  return lines;
}

const progressStep = 1024 * 1024;

/** A line for each mebibyte of a layer that is unpacked, and one at its end. */
function layerProgress({ quiet, progress }: LoadRequest): LayerProgress {
  let told = 0;
  return async ({ diffId, current, total }) => {
    if (quiet || (current < total && current >= told && current - told < progressStep)) return;
    told = current;
    await progress({ status: "Loading layer", id: digestHex(diffId).slice(0, 12), progressDetail: { current, total } });
  };
}
