import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ContainerSummary } from "../../../api/types/index.ts";
import { endpointsOf } from "./endpoints.ts";
import { OlderShape } from "./older-shape.ts";
import { without } from "./without.ts";

/** `ps` as a version has it: 1.48 brought the image's descriptor, 1.46 the annotations. */
export function containerListReply(rows: readonly ContainerSummary[], version: ApiVersion): readonly ContainerSummary[] | OlderShape {
  return version >= 48 ? rows : new OlderShape(rows.map((row) => olderRow(row, version)));
}

function olderRow(row: ContainerSummary, version: ApiVersion): unknown {
  const { NetworkMode, Annotations } = row.HostConfig;
  return {
    ...without(row, "ImageManifestDescriptor"),
    HostConfig: { NetworkMode, ...(version >= 46 && Annotations !== undefined ? { Annotations } : {}) },
    NetworkSettings: { Networks: endpointsOf(row.NetworkSettings.Networks, version) },
  };
}
