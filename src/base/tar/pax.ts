import { damaged } from "./header.ts";

/** Records of a PAX header (POSIX pax, "pax Header Block"): names and values as bytes, one character each. */
export type PaxRecords = ReadonlyMap<string, string>;

/** @param body "length name=value\n", again and again; the length counts the whole record */
export function parsePaxRecords(body: Buffer): PaxRecords {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = body.toString("latin1", at, Math.max(space, at));
    const end = at + Number(digits);
    if (space < 0 || !/^[1-9][0-9]{0,8}$/.test(digits) || end > body.length || body[end - 1] !== 0x0a) throw damaged("a PAX record has a wrong length");
    const record = body.toString("latin1", space + 1, end - 1);
    const equals = record.indexOf("=");
    if (equals < 1) throw damaged("a PAX record has no name");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}

export function formatPaxRecords(records: PaxRecords): Buffer {
  const parts = Array.from(records, ([name, value]) => {
    const rest = ` ${name}=${value}\n`;
    // The length counts its own digits.
    let length = rest.length + String(rest.length).length;
    length = rest.length + String(length).length;
    return `${length}${rest}`;
  });
  return Buffer.from(parts.join(""), "latin1");
}

/** "1700000000.123456789" in seconds and nanoseconds; the fraction of a negative time counts upwards from below. */
export function parsePaxTime(value: string): { readonly seconds: number; readonly nanoseconds: number } {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value);
  if (match === null) throw damaged(`${JSON.stringify(value.slice(0, 40))} is no time`);
  const [, sign, whole = "0", fraction = ""] = match;
  const nanoseconds = Number(fraction.padEnd(9, "0").slice(0, 9));
  if (sign === "") return { seconds: Number(whole), nanoseconds };
  return nanoseconds === 0 ? { seconds: -Number(whole), nanoseconds: 0 } : { seconds: -Number(whole) - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}
