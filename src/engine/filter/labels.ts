/** Whether an object has a label that a filter asks for: `name`, or `name=value`. */
export function hasLabel(labels: Readonly<Record<string, string>> | null | undefined, wanted: string): boolean {
  if (labels === null || labels === undefined) return false;
  const equals = wanted.indexOf("=");
  if (equals < 0) return Object.hasOwn(labels, wanted);
  const name = wanted.slice(0, equals);
  return Object.hasOwn(labels, name) && labels[name] === wanted.slice(equals + 1);
}
