/** JSON with an indentation of four, as `inspect` prints it; bigints are numbers. */
export function indentedJson(value: unknown, indent = ""): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item: unknown) => inner + indentedJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${indentedJson(item, inner)}`).join(",\n")}\n${indent}}`;
  }
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}
