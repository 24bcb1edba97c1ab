import type { ImageSummary } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { layOut, shortId } from "../output/index.ts";

/** Each image with the platforms that it has below it. */
export function imageTree(images: readonly ImageSummary[]): string {
  const lines = ["IMAGE\tID\tDISK USAGE\tCONTENT SIZE\tIN USE"];
  for (const image of images) {
    const [first = "<untagged>", ...others] = image.RepoTags ?? [];
    const manifests = (image.Manifests ?? []).filter(({ Kind }) => Kind === "image");
    const content = manifests.reduce((sum, { Size }) => sum + Size.Content, 0);
    const isUsed = image.Containers > 0 || manifests.some(({ ImageData }) => (ImageData?.Containers.length ?? 0) > 0);
    lines.push(`${first}\t${shortId(image.Id)}\t${formatDecimalSize(image.Size)}\t${formatDecimalSize(content)}\t${isUsed ? "U" : ""}`);
    for (const name of others) lines.push(`${name}\t\t\t\t`);
    for (const [index, { ID, ImageData, Size }] of manifests.entries()) {
      const { os = "", architecture = "", variant } = ImageData?.Platform ?? {};
      const platform = [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
      const branch = index === manifests.length - 1 ? "└─" : "├─";
      const used = (ImageData?.Containers.length ?? 0) > 0 ? "U" : "";
      lines.push(`${branch} ${platform}\t${shortId(ID)}\t${formatDecimalSize(Size.Total)}\t${formatDecimalSize(Size.Content)}\t${used}`);
    }
  }
  return layOut(lines);
}
