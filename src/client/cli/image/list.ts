import type { ImageSummary } from "../../../api/types/index.ts";
import { formatDecimalSize, parseImageReference } from "../../../base/index.ts";
import { CommandFailure, filterFlag, filtersOf, listFormatFlag, splitReference, switchFlag, type Command } from "../command/index.ts";
import { ago, goTime, listOptions, shortId, writeList, type ListFormat } from "../output/index.ts";

/** One line: an image under one of its names. */
export interface ImageRow {
  readonly image: ImageSummary;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const none = "<none>";

export const listCommand: Command = {
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  arity: { least: 0, most: 1 },
  flags: [
    switchFlag("all", "Show all images (default hides intermediate images)", { short: "a" }),
    switchFlag("digests", "Show digests"),
    filterFlag("f"),
    listFormatFlag,
    switchFlag("no-trunc", "Don't truncate output"),
    switchFlag("quiet", "Only show image IDs", { short: "q" }),
    switchFlag("tree", "List the platforms of each image as a tree", { needs: { api: 47 } }),
  ],
  async run({ engine, io, settings }, { flags, args }) {
    const [reference] = args;
    const filters = new Map(filtersOf<"reference">(flags.list("filter")));
    if (reference !== undefined) filters.set("reference", [...(filters.get("reference") ?? []), reference]);
    const options = listOptions(flags, settings, { key: "imagesFormat", quietField: "ID" });
    if (flags.isOn("tree")) {
      const conflict = ["quiet", "no-trunc", "digests", "format"].find((name) => flags.isGiven(name));
      if (conflict !== undefined) throw new CommandFailure(1, `--${conflict} is not yet supported with --tree`);
    }
    const isTree = flags.isOn("tree");
    const images = await engine.call("imageList", { query: { all: flags.isOn("all"), filters, ...(isTree ? { manifests: true } : {}) } });
    const newest = [...images].sort((a, b) => b.Created - a.Created);
    if (isTree) {
      const { imageTree } = await import("./tree.ts");
      await io.out.write(imageTree(newest));
      return 0;
    }
    const withDigests = flags.isOn("digests");
    await writeList(io.out, {
      items: newest.flatMap((image) => rowsOf(image, withDigests || /\.Digest\b/.test(options.format))),
      format: imageFormat({ truncates: !flags.isOn("no-trunc"), withDigests }),
      options,
    });
    return 0;
  },
};

/** Names with their tags and digests; a name with a digest alone has a line when digests are shown or it has no other. */
export function rowsOf(image: ImageSummary, withDigests: boolean): ImageRow[] {
  const tags = (image.RepoTags ?? []).filter((name) => name !== `${none}:${none}`).map((name) => splitReference(name));
  const digests = (image.RepoDigests ?? []).filter((name) => name !== `${none}@${none}`).map((name) => splitReference(name));
  const rows: ImageRow[] = [];
  for (const { repository, tag = none } of tags) {
    const own = digests.filter((digest) => digest.repository === repository).map(({ tag: digest = none }) => digest);
    const shown = withDigests && own.length > 0 ? own : [none];
    for (const digest of shown) rows.push({ image, repository: familiar(repository), tag, digest });
  }
  const untagged = digests.filter(({ repository }) => !tags.some((tagged) => tagged.repository === repository));
  for (const { repository, tag: digest = none } of withDigests ? untagged : tags.length > 0 ? [] : untagged.slice(0, 1)) {
    rows.push({ image, repository: familiar(repository), tag: none, digest });
  }
  return rows.length > 0 ? rows : [{ image, repository: none, tag: none, digest: none }];
}

/** An image under the first of its names alone. */
export function firstRowOf(image: ImageSummary): ImageRow {
  const [first] = rowsOf({ ...image, RepoDigests: [] }, false);
  return first ?? { image, repository: none, tag: none, digest: none };
}

function familiar(repository: string): string {
  try {
    const { domain, path } = parseImageReference(repository);
    return domain === "docker.io" ? path.replace(/^library\//, "") : `${domain}/${path}`;
  } catch {
    // What the engine calls it by is shown as it is.
    return repository;
  }
}

export function imageFormat({ truncates, withDigests }: { readonly truncates: boolean; readonly withDigests: boolean }): ListFormat<ImageRow> {
  const count = (value: number): string => (value === -1 ? "N/A" : String(value));
  return {
    typeName: "*formatter.imageContext",
    columns: ["Repository", "Tag", ...(withDigests ? ["Digest"] : []), "ID", "CreatedSince", "Size"],
    raw: `repository: {{.Repository}}\ntag: {{.Tag}}\n${withDigests ? "digest: {{.Digest}}\n" : ""}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`,
    fields: {
      Containers: { heading: "CONTAINERS", value: ({ image }) => count(image.Containers) },
      CreatedAt: { heading: "CREATED AT", value: ({ image }) => goTime(image.Created) },
      CreatedSince: { heading: "CREATED", value: ({ image }) => ago(image.Created) },
      Digest: { heading: "DIGEST", value: ({ digest }) => digest },
      ID: { heading: "IMAGE ID", value: ({ image }) => (truncates ? shortId(image.Id) : image.Id) },
      Repository: { heading: "REPOSITORY", value: ({ repository }) => repository },
      SharedSize: { heading: "SHARED SIZE", value: ({ image }) => (image.SharedSize === -1 ? "N/A" : formatDecimalSize(image.SharedSize)) },
      Size: { heading: "SIZE", value: ({ image }) => formatDecimalSize(image.Size) },
      Tag: { heading: "TAG", value: ({ tag }) => tag },
      UniqueSize: { heading: "UNIQUE SIZE", value: ({ image }) => (image.SharedSize === -1 ? "N/A" : formatDecimalSize(image.Size - image.SharedSize)) },
      VirtualSize: { heading: "SIZE", value: ({ image }) => formatDecimalSize(image.Size, 4) },
    },
  };
}
