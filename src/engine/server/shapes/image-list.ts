import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ImageSummary } from "../../../api/types/index.ts";
import { OlderShape } from "./older-shape.ts";
import { without } from "./without.ts";

/** `images` as a version has it: 1.48 and 1.47 brought descriptors and manifests, up to 1.43 sizes were doubled, up to 1.42 no name was a name. */
export function imageListReply(rows: readonly ImageSummary[], version: ApiVersion): readonly ImageSummary[] | OlderShape {
  return version >= 48 ? rows : new OlderShape(rows.map((row) => olderRow(row, version)));
}

function olderRow(newest: ImageSummary, version: ApiVersion): unknown {
  const { Manifests, ...row } = without(newest, "Descriptor");
  const hasNoName = (row.RepoTags ?? []).length === 0 && (row.RepoDigests ?? []).length === 0;
  return {
    ...row,
    ...(version >= 47 && Manifests !== undefined ? { Manifests } : {}),
    ...(version < 44 ? { VirtualSize: row.Size } : {}),
    ...(version < 43 && hasNoName ? { RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"] } : {}),
  };
}
