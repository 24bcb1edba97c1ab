import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ContainerSummary, DataUsage, ImageSummary } from "../../../api/types/index.ts";
import { containerListReply } from "./container-list.ts";
import { imageListReply } from "./image-list.ts";
import { OlderShape } from "./older-shape.ts";

/** `system df` as a version has it: its rows are those of the lists, and up to 1.41 the size of the build cache was told by itself. */
export function dataUsageReply(usage: DataUsage, version: ApiVersion): DataUsage | OlderShape {
  if (version >= 48) return usage;
  const { Images, Containers, BuildCache } = usage;
  return new OlderShape({
    ...usage,
    Images: rowsOf(Images === null ? null : imageListReply(Images, version)),
    Containers: rowsOf(Containers === null ? null : containerListReply(Containers, version)),
    ...(version < 42 ? { BuilderSize: (BuildCache ?? []).reduce((sum, { Size }) => sum + Size, 0) } : {}),
  });
}

function rowsOf(rows: readonly ImageSummary[] | readonly ContainerSummary[] | OlderShape | null): unknown {
  return rows instanceof OlderShape ? rows.value : rows;
}
