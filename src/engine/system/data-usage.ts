import type { ContainerSummary, DataUsage, DataUsageType, ImageSummary, Volume } from "../../api/types/index.ts";

/** Whose sizes are counted. */
export interface DataUsageParts {
  /** With their sizes. */
  readonly containers: () => Promise<readonly ContainerSummary[]>;
  /** With the sizes that they share, and how many containers stand on each. */
  readonly images: () => Promise<readonly ImageSummary[]>;
  readonly volumes: () => Promise<readonly Volume[]>;
  /** Bytes of all unpacked layers. */
  readonly layersSize: () => number;
}

/** Counts what takes place on the disk, of the kinds that are asked for; all of them where none is named. */
export async function countDataUsage(types: ReadonlySet<DataUsageType>, { containers, images, volumes, layersSize }: DataUsageParts): Promise<DataUsage> {
  const counts = (type: DataUsageType): boolean => types.size === 0 || types.has(type);
  const [Containers, Images, Volumes] = await Promise.all([
    counts("container") ? containers() : null,
    counts("image") ? images() : null,
    counts("volume") ? volumes() : null,
  ]);
  return {
    LayersSize: counts("image") ? layersSize() : 0, Images, Containers, Volumes,
    // What was built is images and nothing else.
    BuildCache: counts("build-cache") ? [] : null,
  };
}
