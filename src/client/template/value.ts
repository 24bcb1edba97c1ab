/**
 * The data of templates. Go's kinds in JavaScript: null is nil, an integral number or a bigint is an int, another number
 * a float64, an array a slice, a Map a map, a plain object a struct (its keys in order), a {@link Row} a struct of which
 * fields may be methods.
 */
export type Value = unknown;

/** What a line of a list is made from: named fields, and functions for those that take arguments or cost something. */
export interface Row {
  /** As Go would name it in "can't evaluate field X in type …". */
  readonly [typeName]: string;
  readonly [field: string]: unknown;
}

export const typeName: unique symbol = Symbol("type name");

export function newRow(type: string, fields: Readonly<Record<string, unknown>>): Row {
  return { ...fields, [typeName]: type };
}

/** A map that Go would call nil: without entries, and null in JSON. */
export class NilMap extends Map<string, Value> {}

export function isRow(value: Value): value is Row {
  return typeof value === "object" && value !== null && typeName in value;
}

export function isStruct(value: Value): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

export function isList(value: Value): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isInteger(value: Value): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

/** Go's idea of "not empty", which `if`, `and`, `or` and `not` decide by. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/** The type as errors of Go's templates name it. */
export function goType(value: Value): string {
  if (value === null || value === undefined) return "interface {}";
  if (isRow(value)) return value[typeName];
  if (isInteger(value)) return "int";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (isList(value)) return "[]interface {}";
  return typeof value === "string" ? "string" : "map[string]interface {}";
}

/** A value as `fmt.Print` shows it: `map[a:1]`, `[a b]`, `{x y}`. */
export function goString(value: Value, verb: "v" | "+v" = "v"): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isInteger(value) ? integerString(value) : goFloat(value);
  if (isList(value)) return `[${value.map((item) => nested(item, verb)).join(" ")}]`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Value>)].sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${nested(item, verb)}`).join(" ")}]`;
  }
  if (!isStruct(value)) return "<nil>";
  const fields = Object.entries(value).filter(([, item]) => typeof item !== "function");
  return `{${fields.map(([key, item]) => (verb === "+v" ? `${key}:` : "") + nested(item, verb)).join(" ")}}`;
}

function nested(value: Value, verb: "v" | "+v"): string {
  return value === null || value === undefined ? "<nil>" : goString(value, verb);
}

function integerString(value: number): string {
  return Math.abs(value) < 1e21 ? BigInt(value).toString() : goFloat(value);
}

/** A float64 by `%v`: the shortest digits that read back, an exponent from 1e21 on and below 1e-4. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) return goExponent(value.toExponential());
  return value.toString();
}

/** Go writes at least two digits of exponent. */
export function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** A string in Go's quotes. */
export function goQuote(text: string): string {
  let out = "";
  for (const char of text) out += quoteCharacter(char);
  return `"${out}"`;
}

const named: Readonly<Record<string, string>> = {
  "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"',
};

function quoteCharacter(char: string): string {
  const known = named[char];
  if (known !== undefined) return known;
  if (char === " " || !/[\p{C}\p{Z}]/u.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
