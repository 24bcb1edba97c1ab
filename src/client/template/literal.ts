const escapes: Readonly<Record<string, string>> = {
  a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\", "'": "'", '"': '"',
};

/** The value of a quoted Go string, quotes included in the argument; undefined for an escape that Go does not know. */
export function unquote(source: string): string | undefined {
  const body = source.slice(1, -1);
  if (!body.includes("\\")) return body;
  if (/\\(?!x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|[0-3][0-7]{2}|[abfnrtv\\'"])/.test(body.replaceAll("\\\\", ""))) return undefined;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/g, (_, escape: string) => {
    const plain = escapes[escape];
    if (plain !== undefined) return plain;
    const code = /^[xuU]./.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8);
    return String.fromCodePoint(code);
  });
}

/** The value of a Go number; undefined where it is none. Integers past what a double holds exactly are bigints. */
export function parseNumber(source: string): number | bigint | undefined {
  const text = source.replace(/(?<=[0-9a-zA-Z])_(?=[0-9a-fA-F])/g, "");
  if (/^[+-]?(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/.test(text)) {
    const sign = text.startsWith("-") ? -1n : 1n;
    const digits = text.replace(/^[+-]/, "").replace(/^0([0-7]+)$/, "0o$1").toLowerCase();
    const value = sign * BigInt(digits);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const value = Number(text);
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) && Number.isFinite(value) ? value : undefined;
}
