/** Reads back what the engine wrote itself. Everything here throws a TypeError for a value of another type. */
export type StoredObject = Readonly<Record<string, unknown>>;

export function optional<Name extends string, T>(name: Name, value: unknown, decode: (value: unknown) => T): Partial<Record<Name, T>> {
  return value === undefined ? {} : { [name]: decode(value) } as Partial<Record<Name, T>>;
}

export function object(value: unknown): StoredObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  return value as StoredObject;
}

export function list<T>(value: unknown, decode: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value.map(decode);
}

export function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}

export function number(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("not a number");
  return value;
}

export function flag(value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError("not true or false");
  return value;
}

export function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object(value)).map(([name, item]) => [name, text(item)]));
}
