import type { BuildCacheRecord, DataUsage } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import type { OutputStream } from "../command/index.ts";
import { containerViews } from "../container/index.ts";
import { imageViews } from "../image/index.ts";
import { ago, documentText, listRows, shortId, writeList, type ListFormat } from "../output/index.ts";
import { volumeViews } from "../volume/index.ts";

/** Every image, container, volume and piece of build cache with its size: as tables, or all at once through a template. */
export async function writeDetails(out: OutputStream, usage: DataUsage, format: string): Promise<void> {
  const isTable = format === "" || format === "table";
  const [{ imageFormat, firstRowOf }, { containerFormat }, { volumeFormat }] = await Promise.all([imageViews.list(), containerViews.list(), volumeViews.list()]);
  const images = { items: (usage.Images ?? []).map(firstRowOf), format: imageFormat({ truncates: isTable, withDigests: false }) };
  // Without the image's own size, which is told of the image.
  const containers = { items: (usage.Containers ?? []).map((container) => ({ ...container, SizeRootFs: 0 })), format: containerFormat({ truncates: isTable, withSize: true }) };
  const volumes = { items: usage.Volumes ?? [], format: volumeFormat };
  const caches = { items: usage.BuildCache ?? [], format: cacheFormat };
  if (!isTable) {
    const lists = { Images: await listRows(images), Containers: await listRows(containers), Volumes: await listRows(volumes), BuildCache: await listRows(caches) };
    await out.write(await documentText(format, lists));
    return;
  }
  const plain = { format: "" };
  await out.write("Images space usage:\n\n");
  await writeList(out, { items: images.items, format: { ...images.format, columns: imageColumns }, options: plain });
  await out.write("\nContainers space usage:\n\n");
  await writeList(out, { items: containers.items, format: { ...containers.format, columns: containerColumns }, options: plain });
  await out.write("\nLocal Volumes space usage:\n\n");
  await writeList(out, { items: volumes.items, format: { ...volumes.format, columns: ["Name", "Links", "Size"] }, options: plain });
  const cached = caches.items.filter(({ Shared }) => !Shared).reduce((sum, { Size }) => sum + Size, 0);
  await out.write(`\nBuild cache usage: ${formatDecimalSize(cached, 4)}\n\n`);
  await writeList(out, { ...caches, options: plain });
}

const imageColumns = ["Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"];
const containerColumns = ["ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"];

const seconds = (timestamp: string): number => Date.parse(timestamp) / 1000;

const cacheFormat: ListFormat<BuildCacheRecord> = {
  typeName: "*formatter.buildCacheContext",
  columns: ["ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"],
  fields: {
    CacheType: { heading: "CACHE TYPE", value: ({ Type }) => Type },
    CreatedSince: { heading: "CREATED", value: ({ CreatedAt }) => ago(seconds(CreatedAt)) },
    Description: { heading: "DESCRIPTION", value: ({ Description }) => Description },
    ID: { heading: "CACHE ID", value: ({ ID, InUse }) => `${shortId(ID)}${InUse ? "*" : ""}` },
    InUse: { heading: "IN USE", value: ({ InUse }) => String(InUse) },
    LastUsedSince: { heading: "LAST USED", value: ({ LastUsedAt }) => (LastUsedAt === null ? "" : ago(seconds(LastUsedAt))) },
    Shared: { heading: "SHARED", value: ({ Shared }) => String(Shared) },
    Size: { heading: "SIZE", value: ({ Size }) => formatDecimalSize(Size) },
    UsageCount: { heading: "USAGE", value: ({ UsageCount }) => String(UsageCount) },
  },
};
