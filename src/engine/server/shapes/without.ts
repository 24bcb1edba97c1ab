/** A copy that lacks some fields. */
export function without<T extends object, Key extends keyof T>(value: T, ...keys: readonly Key[]): Omit<T, Key> {
  const copy: Partial<T> = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  // Only what the type leaves out was taken out.
  return copy as Omit<T, Key>;
}
