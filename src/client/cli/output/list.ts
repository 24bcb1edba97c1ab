import type { OutputStream } from "../command/index.ts";
import { layOut } from "./table.ts";

/** What a list shows by itself and what templates may ask for. */
export interface ListFormat<T> {
  /** As Go would name it in errors of templates. */
  readonly typeName: string;
  /** Every field that a template may name, with the heading of its column. Those with a parameter are not in JSON. */
  readonly fields: Readonly<Record<string, Field<T>>>;
  /** Names of the columns of the table without a template. */
  readonly columns: readonly string[];
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

/** Prints a list in the format asked for: a table, JSON lines, or a Go template, with `table` in front also as a table. */
export async function writeList<T>(out: OutputStream, list: { readonly items: readonly T[]; readonly format: ListFormat<T> } & { readonly options: ListOptions }): Promise<void> {
  const { items, format, options } = list;
  const written = options.format;
  if (options.quietField !== undefined && (written === "" || written === "table")) {
    const field = format.fields[options.quietField];
    await write(out, items.map((item) => `${cellText(field?.value(item))}\n`).join(""));
    return;
  }
  if (written === "" || written === "table") {
    await write(out, plainTable(items, format));
    return;
  }
  await write(out, await templated(items, format, options));
}

async function write(out: OutputStream, text: string): Promise<void> {
  if (text !== "") await out.write(text);
}

function plainTable<T>(items: readonly T[], { fields, columns }: ListFormat<T>): string {
  const heading = columns.map((name) => fields[name]?.heading ?? "").join("\t");
  return layOut([heading, ...items.map((item) => columns.map((name) => cellText(fields[name]?.value(item))).join("\t"))]);
}

function cellText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

async function templated<T>(items: readonly T[], format: ListFormat<T>, options: ListOptions): Promise<string> {
  const { compileTemplate, goJson, typeName } = await import("../../template/index.ts");
  const rows = items.map((item) => {
    const values = Object.entries(format.fields).map(([name, field]) => {
      const value = field.isLeftOut === true ? field.value(item) : () => field.value(item);
      return [name, value] as const;
    });
    return { [typeName]: format.typeName, ...Object.fromEntries(values) };
  });
  if (options.format === "json") return rows.map((row) => `${goJson(row)}\n`).join("");
  const isTable = /^table\s/.test(options.format);
  const source = (isTable ? options.format.slice(6) : options.format).trim().replaceAll("\\t", "\t").replaceAll("\\n", "\n");
  const template = compileTemplate(source);
  const lines = rows.map((row) => template.run(row));
  if (!isTable) return lines.map((line) => `${line}\n`).join("");
  const headings = Object.entries(format.fields).map(([name, { heading, isLeftOut }]) => [name, isLeftOut === true ? (label: string) => label.slice(label.lastIndexOf(".") + 1) : heading] as const);
  return layOut([template.heading({ [typeName]: format.typeName, ...Object.fromEntries(headings) }), ...lines]);
}
