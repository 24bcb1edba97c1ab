import { EngineError } from "../../base/index.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/**
 * Turns one JSON value, or the lack of one, into a typed value. As in docker, an absent value and null both give the
 * type's zero value; only {@link optional} and {@link nullable} keep them apart from it.
 * @param path of the value in the document, such as "HostConfig.Memory"; "" is the document.
 * @throws EngineError `invalid-argument` that names the path.
 */
export type Decoder<T> = (value: JsonValue | undefined, path: string) => T;

/** A decoder for each field; those of optional fields may answer undefined, and the field is then absent. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Decoder<T[K] | undefined> : Decoder<T[K]>;
};

export const string: Decoder<string> = (value, path) => {
  if (isAbsent(value)) return "";
  if (typeof value !== "string") throw mismatch(path, "a string", value);
  return value;
};

export const boolean: Decoder<boolean> = (value, path) => {
  if (isAbsent(value)) return false;
  if (typeof value !== "boolean") throw mismatch(path, "true or false", value);
  return value;
};

/** A whole number from `least` to `most`. Those beyond 2^53 lose their last digits, as every number in JavaScript. */
export function integer(least: number, most: number): Decoder<number> {
  return (value, path) => {
    if (isAbsent(value)) return 0;
    if (typeof value !== "number" || !Number.isInteger(value)) throw mismatch(path, "a whole number", value);
    if (value < least || value > most) throw invalid(path, `${value} is out of range`);
    return value;
  };
}

export const int64: Decoder<number> = integer(-(2 ** 63), 2 ** 63);
export const uint64: Decoder<number> = integer(0, 2 ** 64);
export const uint32: Decoder<number> = integer(0, 2 ** 32 - 1);
export const uint16: Decoder<number> = integer(0, 2 ** 16 - 1);

/** One of some words; absent is absent, also for an empty string. */
export function oneOf<const Word extends string>(words: readonly Word[]): Decoder<Word | undefined> {
  return (value, path) => {
    const text = string(value, path);
    if (text === "") return undefined;
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw invalid(path, `${JSON.stringify(text.slice(0, 80))} is none of ${words.join(", ")}`);
    return word;
  };
}

/** Absent or null: the field is left out. */
export function optional<T>(decode: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (isAbsent(value) ? undefined : decode(value, path));
}

/** Absent or null: null. */
export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value, path) => (isAbsent(value) ? null : decode(value, path));
}

export function array<T>(decode: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (isAbsent(value)) return [];
    if (!isArray(value)) throw mismatch(path, "an array", value);
    return value.map((item, index) => decode(item, `${path}[${index}]`));
  };
}

/** An object whose names are data. It has no prototype, so only what was given is in it. */
export function record<T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) => {
    const result = emptyRecord<T>();
    if (isAbsent(value)) return result;
    if (!isObject(value)) throw mismatch(path, "an object", value);
    for (const [name, item] of value) result[name] = decode(item, `${path}[${JSON.stringify(name.slice(0, 80))}]`);
    return result;
  };
}

/**
 * An object with known fields. Names match in any case, as docker's do, and a field given in two cases is refused.
 * Unknown fields are passed over.
 */
export function object<T extends object>(fields: Fields<T>): Decoder<T> {
  const decoders: readonly (readonly [string, Decoder<unknown>])[] = Object.entries(fields);
  const spellings = new Map(decoders.map(([name]) => [name.toLowerCase(), name]));
  return (value, path) => {
    if (!isAbsent(value) && !isObject(value)) throw mismatch(path, "an object", value);
    const members = isAbsent(value) ? new Map<string, JsonValue>() : known(value, spellings, path);
    const result: Record<string, unknown> = {};
    for (const [name, decode] of decoders) {
      const field = decode(members.get(name), path === "" ? name : `${path}.${name}`);
      if (field !== undefined) result[name] = field;
    }
    // Every field has gone through its own decoder, which Fields<T> ties to its type.
    return result as T;
  };
}

function known(value: JsonObject, spellings: ReadonlyMap<string, string>, path: string): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const [written, item] of value) {
    const name = spellings.get(written.toLowerCase());
    if (name === undefined) continue;
    if (members.has(name)) throw invalid(path, `${name} is given twice`);
    members.set(name, item);
  }
  return members;
}

function emptyRecord<T>(): Record<string, T> {
  const bare: unknown = Object.create(null);
  return bare as Record<string, T>;
}

function isAbsent(value: JsonValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}

export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

export function mismatch(path: string, wanted: string, value: JsonValue): EngineError {
  return invalid(path, `want ${wanted}, got ${describe(value)}`);
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return typeof value === "number" ? `the number ${value}` : `a ${typeof value}`;
}

export function invalid(path: string, reason: string): EngineError {
  return new EngineError("invalid-argument", `invalid JSON: ${path === "" ? "the body" : path}: ${reason}`);
}
