import type { Operation, ReplyKind } from "../../api/operations/index.ts";

/** An operation without the type of its reply. */
export type AnyOperation = Omit<Operation, "reply"> & { readonly reply: { readonly kind: ReplyKind } };

/** Path and query of a request, such as `/v1.50/containers/json?all=1`. */
export function requestTarget(
  operation: AnyOperation,
  given: { readonly path: Readonly<Record<string, string>>; readonly query: Readonly<Record<string, unknown>>; readonly version: number | undefined },
): string {
  // A repository's slashes are part of an image's path; anywhere else a slash would name another resource.
  const keepsSlashes = /^\/(?:images|distribution)\//.test(operation.path);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(given.path[name] ?? "").replaceAll("%3A", ":").replaceAll("%40", "@");
    return keepsSlashes ? value.replaceAll("%2F", "/") : value;
  });
  const pairs: string[] = [];
  for (const [name, parameter] of Object.entries(operation.query)) {
    const value = given.query[name];
    const isKnown = parameter.since === undefined || given.version === undefined || given.version >= parameter.since;
    if (value === undefined || !isKnown) continue;
    for (const text of parameter.encode(value)) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  }
  const prefix = given.version === undefined ? "" : `/v1.${given.version}`;
  return `${prefix}${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
}
