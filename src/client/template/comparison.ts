import { goString, goType, isInteger, isRow, isStruct, isList, type Value } from "./value.ts";

type Basic = "bool" | "int" | "float" | "string" | "nil";

/** Go's `eq`: the first against any of the rest. @throws Error in Go's words. */
export function areEqual(first: Value, rest: readonly Value[]): boolean {
  if (rest.length === 0) throw new Error("missing argument for comparison");
  const kind = basicKind(first);
  let isEqual = false;
  for (const other of rest) {
    const otherKind = basicKind(other);
    if (kind !== otherKind && kind !== "nil" && otherKind !== "nil") throw new Error("incompatible types for comparison");
    isEqual ||= kind === otherKind && (kind === "int" ? BigInt(asNumber(first)) === BigInt(asNumber(other)) : first === other);
  }
  return isEqual;
}

/** Go's `lt`. @throws Error in Go's words. */
export function isLess(left: Value, right: Value): boolean {
  const kind = orderedKind(left);
  if (kind !== orderedKind(right)) throw new Error("incompatible types for comparison");
  if (kind === "bool" || kind === "nil") throw new Error("invalid type for comparison");
  return kind === "string" ? Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right))) < 0 : asNumber(left) < asNumber(right);
}

function asNumber(value: Value): number | bigint {
  return typeof value === "bigint" || typeof value === "number" ? value : 0;
}

function basicKind(value: Value): Basic {
  if (isList(value) || value instanceof Map || isRow(value) || isStruct(value)) {
    throw new Error(`non-comparable type ${goString(value)}: ${goType(value)}`);
  }
  if (value === null || value === undefined) return "nil";
  if (isInteger(value)) return "int";
  if (typeof value === "number") return "float";
  return typeof value === "boolean" ? "bool" : "string";
}

function orderedKind(value: Value): Basic {
  if (isList(value) || value instanceof Map || isStruct(value)) throw new Error("invalid type for comparison");
  return basicKind(value);
}
