import { EngineError, isEngineError } from "../../../base/index.ts";
import type { Row } from "../../template/index.ts";
import type { ClientSettings, FlagValues, OutputStream } from "../command/index.ts";
import { emphasised } from "./emphasis.ts";
import { fit, layOut } from "./table.ts";

/** What a list shows by itself and what templates may ask for. */
export interface ListFormat<T> {
  /** As Go would name it in errors of templates. */
  readonly typeName: string;
  /** Every field that a template may name, with the heading of its column. Those with a parameter are not in JSON. */
  readonly fields: Readonly<Record<string, Field<T>>>;
  /** Names of the columns of the table without a template. */
  readonly columns: readonly string[];
  /** Columns that become narrower where a terminal has too few, the first of them first. */
  readonly shrinks?: readonly string[];
  /** Template of `--format raw`, a paragraph for each item. Absent: "raw" is a template as any other. */
  readonly raw?: string;
}

export interface Field<T> {
  readonly heading: string;
  readonly value: (item: T) => unknown;
  /** Not part of `--format json`, as a field that takes an argument. */
  readonly isLeftOut?: boolean;
}

export interface ListOptions {
  /** Of `--format`; empty: the table. */
  readonly format: string;
  /** The one field that `--quiet` shows. */
  readonly quietField?: string;
}

/**
 * Tries a template on a line before anything is asked for, as `ps` does.
 * @throws Error in the words that docker has for it there.
 */
export async function probeTemplate<T>(format: string, list: ListFormat<T>, sample: T): Promise<void> {
  if (["", "table", "json"].includes(format)) return;
  const { compileTemplate } = await import("../../template/index.ts");
  const source = templateSource(format);
  const template = reworded("failed to parse template", () => compileTemplate(source));
  const row = await rowOf(sample, list);
  reworded("failed to execute template", () => template.run(row));
}

function reworded<R>(what: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw isEngineError(error) ? new EngineError(error.kind, error.message.replace("template parsing error", what), { cause: error }) : error;
  }
}

/** The template without `table` in front, its escapes resolved. */
function templateSource(format: string): string {
  return format.replace(/^table\s/, "").replace(/^ +| +$/g, "").replaceAll("\\t", "\t").replaceAll("\\n", "\n");
}

async function rowOf<T>(item: T, format: ListFormat<T>): Promise<Row> {
  const { newRow } = await import("../../template/index.ts");
  const values = Object.entries(format.fields).map(([name, field]) => [name, field.isLeftOut === true ? field.value(item) : () => field.value(item)] as const);
  return newRow(format.typeName, Object.fromEntries(values));
}

/** Prints a list in the format asked for: a table, JSON lines, or a Go template, with `table` in front also as a table. */
export async function writeList<T>(out: OutputStream, list: { readonly items: readonly T[]; readonly format: ListFormat<T> } & { readonly options: ListOptions }): Promise<void> {
  const { items, format, options } = list;
  const written = options.format;
  const isRaw = written === "raw" && format.raw !== undefined;
  if (options.quietField !== undefined && (written === "" || written === "table" || isRaw)) {
    const field = format.fields[options.quietField];
    const label = isRaw ? format.raw.split("\n").find((line) => line.endsWith(`{{.${options.quietField ?? ""}}}`))?.replace(/\{.*/, "") ?? "" : "";
    await write(out, items.map((item) => `${label}${cellText(field?.value(item))}\n`).join(""));
    return;
  }
  if (written === "" || written === "table") {
    await write(out, plainTable(items, format, out));
    return;
  }
  await write(out, await templated(items, format, isRaw ? { ...options, format: format.raw } : options));
}

/**
 * The format of a list and what `--quiet` leaves of it: `--format`, else what docker's configuration file has under a key
 * such as `psFormat`, which `--quiet` passes over.
 */
export function listOptions(flags: FlagValues, settings: ClientSettings, from: { readonly key: string; readonly quietField: string }): ListOptions {
  const isQuiet = flags.isOn("quiet");
  const given = flags.text("format");
  const configured = given === "" && !isQuiet ? settings.file()[from.key] : undefined;
  return { format: typeof configured === "string" ? configured : given, ...(isQuiet ? { quietField: from.quietField } : {}) };
}

async function write(out: OutputStream, text: string): Promise<void> {
  if (text !== "") await out.write(text);
}

function plainTable<T>(items: readonly T[], { fields, columns, shrinks = [] }: ListFormat<T>, out: OutputStream): string {
  const rows = [columns.map((name) => fields[name]?.heading ?? ""), ...items.map((item) => columns.map((name) => cellText(fields[name]?.value(item))))];
  const fitted = out.isTerminal && shrinks.length > 0 ? fit(rows, { room: out.size().columns, order: shrinks.map((name) => columns.indexOf(name)) }) : rows;
  const [heading = "", ...lines] = layOut(fitted.map((cells) => cells.join("\t"))).split("\n");
  return [emphasised(heading, out), ...lines].join("\n");
}

function cellText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A list as a part of a document. */
export async function listRows<T>({ items, format }: { readonly items: readonly T[]; readonly format: ListFormat<T> }): Promise<readonly Row[]> {
  return await Promise.all(items.map((item) => rowOf(item, format)));
}

/** Several lists at once, as one line of JSON or through a template that ranges over them. */
export async function documentText(format: string, lists: Readonly<Record<string, readonly Row[]>>): Promise<string> {
  const { compileTemplate, goJson } = await import("../../template/index.ts");
  return format === "json" ? `${goJson(lists)}\n` : compileTemplate(templateSource(format)).run(lists);
}

async function templated<T>(items: readonly T[], format: ListFormat<T>, options: ListOptions): Promise<string> {
  const { compileTemplate, goJson, typeName } = await import("../../template/index.ts");
  const rows = await listRows({ items, format });
  if (options.format === "json") return rows.map((row) => `${goJson(row)}\n`).join("");
  const isTable = /^table\s/.test(options.format);
  const template = compileTemplate(templateSource(options.format));
  const lines = rows.map((row) => template.run(row));
  if (!isTable) return lines.map((line) => `${line}\n`).join("");
  const headings = Object.entries(format.fields).map(([name, { heading, isLeftOut }]) => [name, isLeftOut === true ? (label: string) => label.slice(label.lastIndexOf(".") + 1) : heading] as const);
  return layOut([template.heading({ [typeName]: format.typeName, ...Object.fromEntries(headings) }), ...lines]);
}
