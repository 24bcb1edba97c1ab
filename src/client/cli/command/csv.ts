import { EngineError } from "../../../base/index.ts";

/** One line of comma-separated fields; a field in double quotes may hold commas (RFC 4180). @throws EngineError. */
export function parseCsv(text: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = text.charAt(at) === '"';
    const match = quoted ? /"((?:[^"]|"")*)"(?=,|$)/y : /[^,"]*(?=,|$)/y;
    match.lastIndex = at;
    const found = match.exec(text);
    if (found === null) throw new EngineError("invalid-argument", `parse error on line 1, column ${at + 1}: ${quoted ? 'extraneous or missing " in quoted-field' : 'bare " in non-quoted-field'}`);
    fields.push(quoted ? (found[1] ?? "").replaceAll('""', '"') : found[0]);
    at += found[0].length;
    if (at >= text.length) return fields;
    at += 1;
  }
}
