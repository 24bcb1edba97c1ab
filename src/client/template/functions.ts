import { areEqual, isLess } from "./comparison.ts";
import { escapeHtml, escapeQuery, escapeScript } from "./escape.ts";
import { goJson } from "./go-json.ts";
import { goPrintf } from "./printf.ts";
import { goString, goType, isInteger, isList, isTrue, NilMap, type Value } from "./value.ts";

/** A function of templates; `min` and `max` arguments, `types` of those that are checked before the call. */
export interface TemplateFunction {
  readonly min: number;
  readonly max: number;
  readonly types?: readonly ("string" | "int" | "list" | undefined)[];
  /** @throws Error whose message goes behind "error calling NAME: ". */
  readonly call: (args: readonly Value[]) => Value;
}

const anyNumber = Number.POSITIVE_INFINITY;

/** Go's own functions and those that docker adds. `and` and `or` are here for their names: they stop early, see evaluate. */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  and: { min: 1, max: anyNumber, call: (args) => args.find((value) => !isTrue(value)) ?? args.at(-1) },
  or: { min: 1, max: anyNumber, call: (args) => args.find(isTrue) ?? args.at(-1) },
  not: { min: 1, max: 1, call: ([value]) => !isTrue(value) },
  eq: { min: 1, max: anyNumber, call: ([first, ...rest]) => areEqual(first, rest) },
  ne: { min: 2, max: 2, call: ([left, right]) => !areEqual(left, [right]) },
  lt: { min: 2, max: 2, call: ([left, right]) => isLess(left, right) },
  le: { min: 2, max: 2, call: ([left, right]) => isLess(left, right) || areEqual(left, [right]) },
  gt: { min: 2, max: 2, call: ([left, right]) => !isLess(left, right) && !areEqual(left, [right]) },
  ge: { min: 2, max: 2, call: ([left, right]) => !isLess(left, right) },
  len: { min: 1, max: 1, call: ([value]) => length(value) },
  index: { min: 1, max: anyNumber, call: ([value, ...keys]) => keys.reduce(indexed, value) },
  slice: { min: 1, max: 4, call: ([value, ...bounds]) => sliced(value, bounds) },
  print: { min: 0, max: anyNumber, call: goPrint },
  println: { min: 0, max: anyNumber, call: (args) => `${args.map(shown).join(" ")}\n` },
  printf: { min: 1, max: anyNumber, types: ["string"], call: ([format, ...args]) => goPrintf(String(format), args) },
  html: { min: 0, max: anyNumber, call: (args) => escapeHtml(goPrint(args)) },
  js: { min: 0, max: anyNumber, call: (args) => escapeScript(goPrint(args)) },
  urlquery: { min: 0, max: anyNumber, call: (args) => escapeQuery(goPrint(args)) },
  call: { min: 1, max: anyNumber, call: ([value]) => notCallable(value) },
  json: { min: 1, max: 1, call: ([value]) => goJson(value) },
  join: { min: 2, max: 2, types: ["list", "string"], call: ([list, separator]) => (isList(list) ? list.map(goText).join(goText(separator)) : "") },
  split: { min: 2, max: 2, types: ["string", "string"], call: ([text, separator]) => goText(text).split(goText(separator)) },
  lower: { min: 1, max: 1, types: ["string"], call: ([text]) => goText(text).toLowerCase() },
  upper: { min: 1, max: 1, types: ["string"], call: ([text]) => goText(text).toUpperCase() },
  title: { min: 1, max: 1, types: ["string"], call: ([text]) => goText(text).replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (char) => char.toUpperCase()) },
  pad: { min: 3, max: 3, types: ["string", "int", "int"], call: ([text, before, after]) => padded(goText(text), Number(before), Number(after)) },
  truncate: { min: 2, max: 2, types: ["string", "int"], call: ([text, limit]) => Array.from(goText(text)).slice(0, Number(limit)).join("") },
};

/** The functions of the heading of a table: what would change a column's name leaves it alone. */
export const headingFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...functions,
  ...Object.fromEntries(["json", "join", "split", "lower", "upper", "title", "truncate"].map((name) => {
    const { min, max } = functions[name] ?? { min: 1, max: 1 };
    return [name, { min, max, call: ([value]: readonly Value[]) => value }];
  })),
};

function goText(value: Value): string {
  return typeof value === "string" ? value : goString(value);
}

function padded(text: string, before: number, after: number): string {
  return text === "" ? text : " ".repeat(before) + text + " ".repeat(after);
}

function shown(value: Value): string {
  return value === null || value === undefined ? "<nil>" : goString(value);
}

/** `fmt.Sprint`: a space between operands when neither is a string. */
function goPrint(args: readonly Value[]): string {
  let text = "";
  for (const [index, value] of args.entries()) {
    if (index > 0 && typeof value !== "string" && typeof args[index - 1] !== "string") text += " ";
    text += shown(value);
  }
  return text;
}

function length(value: Value): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value === null || value === undefined) throw new Error("len of nil pointer");
  throw new Error(`len of type ${goType(value)}`);
}

function indexed(value: Value, key: Value): Value {
  if (value instanceof NilMap || value === null || value === undefined) {
    if (value instanceof NilMap) return "";
    throw new Error("index of untyped nil");
  }
  if (value instanceof Map) {
    if (typeof key !== "string") throw new Error(`value has type ${goType(key)}; should be string`);
    const found: Value = value.get(key);
    if (found !== undefined) return found;
    return [...(value as ReadonlyMap<string, Value>).values()].every((item) => typeof item === "string") ? "" : undefined;
  }
  if (!isList(value) && typeof value !== "string") throw new Error(`can't index item of type ${goType(value)}`);
  if (!isInteger(key)) throw new Error(`cannot index slice/array with type ${goType(key)}`);
  const at = Number(key);
  if (at < 0 || at >= length(value)) throw new Error(`reflect: ${typeof value === "string" ? "string" : "slice"} index out of range`);
  return typeof value === "string" ? Buffer.from(value)[at] : value[at];
}

function sliced(value: Value, bounds: readonly Value[]): Value {
  if (!isList(value) && typeof value !== "string") throw new Error(`can't slice item of type ${goType(value)}`);
  if (typeof value === "string" && bounds.length > 2) throw new Error("cannot 3-index slice a string");
  const size = length(value);
  const [from = 0, to = size] = bounds.map((bound) => {
    if (!isInteger(bound)) throw new Error(`cannot index slice/array with type ${goType(bound)}`);
    if (Number(bound) < 0 || Number(bound) > size) throw new Error(`index out of range: ${bound}`);
    return Number(bound);
  });
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return typeof value === "string" ? Buffer.from(value).subarray(from, to).toString() : value.slice(from, to);
}

function notCallable(value: Value): never {
  throw new Error(`non-function of type ${goType(value)}`);
}
