import { isList, isRow, isStruct, NilMap, type Value } from "./value.ts";

/** JSON as Go's encoder writes it inside docker's templates: map keys sorted, `<`, `>` and `&` as they are. */
export function goJson(value: Value): string {
  if (value === null || value === undefined || value instanceof NilMap) return "null";
  if (typeof value === "bigint") return value.toString();
  if (isList(value)) return `[${value.map(goJson).join(",")}]`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Value>)].sort(([a], [b]) => (a < b ? -1 : 1));
    return members(entries);
  }
  if (isRow(value)) return escaped(members(rowEntries(value)));
  if (isStruct(value)) return members(Object.entries(value));
  return jsonText(value);
}

function members(entries: readonly (readonly [string, Value])[]): string {
  return `{${entries.map(([key, item]) => `${jsonText(key)}:${goJson(item)}`).join(",")}}`;
}

/** Rows are marshalled by Go's encoder itself, which keeps its results from being read as HTML. */
function escaped(json: string): string {
  return json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function jsonText(value: Value): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
}

/** The fields of a row as docker lists them: sorted by name, functions without parameters called. */
function rowEntries(row: Readonly<Record<string, unknown>>): [string, Value][] {
  const entries: [string, Value][] = [];
  for (const key of Object.keys(row).sort()) {
    const field = row[key];
    if (typeof field !== "function") entries.push([key, field]);
    else if (field.length === 0) entries.push([key, (field as () => Value)()]);
  }
  return entries;
}
