import { rm } from "node:fs/promises";
import type { ContainerConfig, ImageImportOptions } from "../../api/types/index.ts";
import { containerConfig } from "../../api/bodies/index.ts";
import { EngineError, familiarReference, parseImageReference, type ImageReference } from "../../base/index.ts";
import { layAside, type ArchivedFile } from "./archive.ts";
import type { CatalogEntry } from "./catalog.ts";
import { applyChanges } from "./changes/index.ts";
import { hostArchitecture } from "./find-images.ts";
import { givenConfig } from "./inspect.ts";
import { diffIdOf, storeImage, type StoreParts } from "./store-image.ts";

export interface ImportRequest {
  /** File of its own to lay the archive aside in. */
  readonly aside: string;
  readonly options: ImageImportOptions;
  readonly created: Date;
}

/**
 * Makes an image of one layer from the files of a root file system, as a tar archive that may be compressed.
 * @throws EngineError `invalid-argument`
 */
export async function importArchive(archive: AsyncIterable<Uint8Array>, { aside, options, created }: ImportRequest, parts: StoreParts): Promise<CatalogEntry> {
  const { os = "linux" } = options.platform ?? {};
  if (os !== "linux") throw new EngineError("invalid-argument", `operating system ${JSON.stringify(os.slice(0, 40))} is not supported: this engine runs linux images`);
  const config = applyChanges(containerConfig(undefined, ""), options.changes);
  try {
    const layer = await layAside(archive, aside);
    const document = await describe(layer, { config, options, created });
    return await storeImage({ config: Buffer.from(JSON.stringify(document)), layers: [layer] }, () => Promise.resolve(), parts);
  } finally {
    await rm(aside, { force: true });
  }
}

interface Description {
  readonly config: ContainerConfig;
  readonly options: ImageImportOptions;
  readonly created: Date;
}

async function describe(layer: ArchivedFile, { config, options, created }: Description): Promise<unknown> {
  const { architecture = "", variant = "" } = options.platform ?? {};
  const moment = created.toISOString();
  return {
    created: moment,
    architecture: architecture === "" ? hostArchitecture() : architecture,
    ...(variant === "" ? {} : { variant }),
    os: "linux",
    config: givenConfig(config),
    rootfs: { type: "layers", diff_ids: [await diffIdOf(layer)] },
    history: [{ created: moment, comment: options.message ?? "Imported from -" }],
  };
}

/** Where an imported image is tagged. @throws EngineError `invalid-argument` */
export function importName({ repository, tag }: ImageImportOptions): ImageReference | undefined {
  if (repository === undefined || repository === "") return undefined;
  const named = parseImageReference(repository);
  if (named.digest !== undefined) throw new EngineError("invalid-argument", "cannot import digest reference");
  const { domain, path } = named;
  return parseImageReference(familiarReference({ domain, path, tag: tag ?? named.tag ?? "latest" }));
}
