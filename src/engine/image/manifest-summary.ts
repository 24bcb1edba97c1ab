import type { ImageManifestSummary, ImagePlatform } from "../../api/types/index.ts";
import type { CatalogEntry } from "./catalog.ts";

export function platformOf({ document }: CatalogEntry): ImagePlatform {
  const { architecture, os, variant } = document;
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

/** The one manifest of an image whose content is here. */
export function manifestSummary(entry: CatalogEntry): ImageManifestSummary {
  const content = entry.record.content;
  return {
    ID: entry.manifest.digest,
    Descriptor: { ...entry.manifest, platform: platformOf(entry) },
    Available: true,
    Size: { Content: content, Total: content + entry.size },
    Kind: "image",
    ImageData: { Platform: platformOf(entry), Containers: [], Size: { Unpacked: entry.size } },
  };
}
