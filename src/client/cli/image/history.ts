import type { ImageHistoryItem } from "../../../api/types/index.ts";
import { formatDecimalSize } from "../../../base/index.ts";
import { listFormatFlag, platformFlag, platformOf, switchFlag, type Command } from "../command/index.ts";
import { ago, ellipsis, rfc3339, shortId, writeList, type ListFormat } from "../output/index.ts";

export const historyCommand: Command = {
  usage: "[OPTIONS] IMAGE",
  arity: { least: 1, most: 1 },
  flags: [
    listFormatFlag,
    switchFlag("human", "Print sizes and dates in human readable format", { short: "H", isOn: true }),
    switchFlag("no-trunc", "Don't truncate output"),
    platformFlag(48),
    switchFlag("quiet", "Only show image IDs", { short: "q" }),
  ],
  async run({ engine, io }, { flags, args }) {
    const [name = ""] = args;
    const platform = platformOf(flags.text("platform"));
    const items = await engine.call("imageHistory", { path: { name }, query: platform === undefined ? {} : { platform } });
    await writeList(io.out, {
      items,
      format: historyFormat({ truncates: !flags.isOn("no-trunc"), isHuman: flags.isOn("human") }),
      options: { format: flags.text("format"), ...(flags.isOn("quiet") ? { quietField: "ID" } : {}) },
    });
    return 0;
  },
};

function historyFormat({ truncates, isHuman }: { readonly truncates: boolean; readonly isHuman: boolean }): ListFormat<ImageHistoryItem> {
  return {
    typeName: "*formatter.historyContext",
    columns: ["ID", "CreatedSince", "CreatedBy", "Size", "Comment"],
    ...(truncates ? { shrinks: ["CreatedBy", "Comment"] } : {}),
    fields: {
      Comment: { heading: "COMMENT", value: ({ Comment }) => Comment },
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => (Created <= 0 ? "N/A" : rfc3339(Created)) },
      CreatedBy: { heading: "CREATED BY", value: ({ CreatedBy }) => {
        const text = CreatedBy.replaceAll("\t", " ");
        return truncates ? ellipsis(text, 45) : text;
      } },
      CreatedSince: { heading: isHuman ? "CREATED" : "CREATED AT", value: ({ Created }) => (isHuman ? ago(Created) : rfc3339(Created)) },
      ID: { heading: "IMAGE", value: ({ Id }) => (truncates ? shortId(Id) : Id) },
      Size: { heading: "SIZE", value: ({ Size }) => (isHuman ? formatDecimalSize(Size) : String(Size)) },
    },
  };
}
