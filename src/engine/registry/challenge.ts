/** What a registry asks for (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case: "basic" or "bearer". */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @returns undefined where it asks for nothing that is one */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest = ""] = /^\s*([A-Za-z]+)(?:\s+(.*))?$/s.exec(header) ?? [];
  if (scheme === undefined) return undefined;
  const pairs = [...rest.matchAll(/([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)];
  return {
    scheme: scheme.toLowerCase(),
    parameters: Object.fromEntries(pairs.map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? ""])),
  };
}
