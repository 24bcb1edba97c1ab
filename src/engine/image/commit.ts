import { rm } from "node:fs/promises";
import { EngineError } from "../../base/index.ts";
import { tarEnd } from "../../base/tar/index.ts";
import { layAside, type ArchivedFile } from "./archive.ts";
import type { CatalogEntry } from "./catalog.ts";
import { blobsOf } from "./content.ts";
import type { CommitRequest } from "./contract.ts";
import { compressionOf, parseManifestOrIndex } from "./document.ts";
import { givenConfig } from "./inspect.ts";
import { storeImage, type LayerContent, type StoreParts } from "./store-image.ts";

/**
 * Makes an image of another one's layers and one more.
 * @param aside file of its own to lay the layer aside in
 * @throws EngineError `not-found` where the base is gone
 */
export async function commitImage(request: CommitRequest, aside: string, parts: StoreParts): Promise<CatalogEntry> {
  const base = parts.catalog.get(request.base);
  if (base === undefined) throw new EngineError("not-found", `No such image: ${request.base}`);
  // The base may be removed while the layer is written.
  using _held = parts.content.hold([...blobsOf(base.record), ...base.chains]);
  try {
    const file = await layAside(request.layer, aside);
    const added = file.size > tarEnd().length ? file : undefined;
    const config = Buffer.from(JSON.stringify(describe(base, added, request)));
    const layers = [...storedLayers(base, parts), ...(added === undefined ? [] : [added])];
    return await storeImage({ config, layers }, () => Promise.resolve(), parts);
  } finally {
    await rm(aside, { force: true });
  }
}

function describe({ document }: CatalogEntry, added: ArchivedFile | undefined, request: CommitRequest): unknown {
  const { comment, author, createdBy } = request;
  const created = new Date().toISOString();
  const told = { ...(author === "" ? {} : { author }), ...(comment === "" ? {} : { comment }) };
  const { architecture, variant, os } = document;
  return {
    created,
    ...told,
    architecture, os,
    ...(variant === undefined ? {} : { variant }),
    config: givenConfig(request.config),
    rootfs: { type: "layers", diff_ids: [...document.diffIds, ...(added === undefined ? [] : [added.digest])] },
    history: [...document.history.map(shortened), { created, created_by: createdBy, ...told, ...(added === undefined ? { empty_layer: true } : {}) }],
  };
}

/** Without the fields that say nothing. */
function shortened(step: object): object {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== "" && value !== false && value !== undefined));
}

function storedLayers({ record }: CatalogEntry, { blobs }: StoreParts): readonly LayerContent[] {
  const found = parseManifestOrIndex(blobs.readWhole(record.manifest.digest));
  if (!("manifest" in found)) throw new EngineError("data-corrupt", `the manifest of image ${record.id} is an index`);
  return found.manifest.layers.map(({ digest, size, mediaType }) => ({ digest, size, compression: compressionOf(mediaType) }));
}
