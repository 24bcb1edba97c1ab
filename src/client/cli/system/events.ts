import type { EventMessage } from "../../../api/types/index.ts";
import { documentFormatFlag, filterFlag, filtersOf, textFlag, type Command } from "../command/index.ts";
import { timestampOf } from "../output/index.ts";

export const eventsCommand: Command = {
  usage: "[OPTIONS]",
  arity: { least: 0, most: 0 },
  flags: [
    filterFlag("f"),
    textFlag("format", documentFormatFlag.about),
    textFlag("since", "Show all events created since this time"),
    textFlag("until", "Stream events until this time"),
  ],
  async run({ engine, io }, { flags }) {
    const show = await formatter(flags.text("format"));
    const since = timestampOf(flags.text("since"));
    const until = timestampOf(flags.text("until"));
    const events = await engine.lines("systemEvents", {
      query: { filters: filtersOf(flags.list("filter")), ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    });
    for await (const event of events) await io.out.write(`${show(event)}\n`);
    return 0;
  },
};

async function formatter(format: string): Promise<(event: EventMessage) => string> {
  if (format === "") return eventLine;
  const { compileTemplate, goJson, templateData } = await import("../../template/index.ts");
  if (format === "json") return goJson;
  const template = compileTemplate(format.replaceAll("\\t", "\t").replaceAll("\\n", "\n"));
  const maps = new Set(["Attributes"]);
  return (event) => template.run({ ...Object(templateData(event, maps)), ID: event.Actor.ID }, { missingKey: "error" });
}

/** `2026-11-27T21:42:01.123456789Z container start 0a82… (image=busybox, name=c1)`. */
function eventLine(event: EventMessage): string {
  const { Type, Action, Actor } = event;
  const attributes = Object.entries(Actor.Attributes).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  const suffix = attributes.length === 0 ? "" : ` (${attributes.join(", ")})`;
  return `${eventTime(event)} ${Type} ${Action} ${Actor.ID}${suffix}`;
}

function eventTime({ time, timeNano }: EventMessage): string {
  const nanoseconds = timeNano % 1_000_000_000n;
  const date = new Date(time * 1000);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(offset);
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${String(Math.trunc(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
  return `${local}.${String(nanoseconds).padStart(9, "0")}${zone}`;
}
