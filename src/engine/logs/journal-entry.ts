import type { LoggedRecord } from "./logged-record.ts";

/** The container as the journal knows it. */
export interface JournalSource {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const newline = 0x0a;

/**
 * A record in the journal's native protocol (systemd.io, "Native Journal Protocol"): NAME=value lines, and for a value
 * with a newline its length in eight bytes. The fields are docker's.
 */
export function journalEntry(record: LoggedRecord, { id, name, image, tag, attributes }: JournalSource): Uint8Array {
  const fields: readonly (readonly [string, string])[] = [
    ...Object.entries(attributes).map(([key, value]) => [fieldName(key), value] as const),
    ["PRIORITY", record.stream === "stderr" ? "3" : "6"],
    ["CONTAINER_ID", id.slice(0, 12)],
    ["CONTAINER_ID_FULL", id],
    ["CONTAINER_NAME", name],
    ["CONTAINER_TAG", tag],
    ["IMAGE_NAME", image],
    ["SYSLOG_IDENTIFIER", tag],
    ["SYSLOG_TIMESTAMP", record.time],
    ...(record.isPartial ? [["CONTAINER_PARTIAL_MESSAGE", "true"] as const] : []),
  ];
  return Buffer.concat([...fields.map(([key, value]) => field(key, Buffer.from(value))), field("MESSAGE", record.text)]);
}

function field(name: string, value: Uint8Array): Uint8Array {
  if (!value.includes(newline)) return Buffer.concat([Buffer.from(`${name}=`), value, Buffer.from("\n")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from("\n")]);
}

/** What the journal takes as a name: capitals, digits and underscores, and no underscore first. */
function fieldName(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9_]/g, "_").replace(/^_+/, "").slice(0, 64);
}
