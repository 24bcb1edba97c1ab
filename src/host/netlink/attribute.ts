/** One attribute (struct nlattr) to be sent; a list as value is a nested one. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array | readonly Attribute[];
}

/** NLA_F_NESTED; newer families insist on it, older ones ignore it. */
const nestedFlag = 0x8000;
const typeMask = 0x3fff;
const headerSize = 4;

export function u8(type: number, value: number): Attribute {
  return { type, value: Uint8Array.of(value) };
}

export function u16(type: number, value: number): Attribute {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return { type, value: bytes };
}

export function u32(type: number, value: number): Attribute {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { type, value: bytes };
}

/** Big-endian, as nfnetlink has its numbers. */
export function be16(type: number, value: number): Attribute {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return { type, value: bytes };
}

export function be32(type: number, value: number): Attribute {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { type, value: bytes };
}

/** A text with its terminating zero. */
export function text(type: number, value: string): Attribute {
  return { type, value: Buffer.from(`${value}\0`) };
}

export function bytes(type: number, value: Uint8Array): Attribute {
  return { type, value };
}

export function nested(type: number, attributes: readonly Attribute[]): Attribute {
  return { type, value: attributes };
}

/** Attributes one after the other, each padded to four bytes. */
export function encodeAttributes(attributes: readonly Attribute[]): Buffer {
  return Buffer.concat(attributes.map(encodeAttribute));
}

/** The values by type; of a type given twice the last. Bits that say "nested" or "network byte order" are taken off. */
export function decodeAttributes(data: Buffer): Map<number, Buffer> {
  return new Map(listAttributes(data).map(({ type, value }) => [type, value]));
}

/** Every attribute in order, for those that hold a list. Stops at a length that cannot be. */
export function listAttributes(data: Buffer): { type: number; value: Buffer }[] {
  const found: { type: number; value: Buffer }[] = [];
  for (let at = 0; at + headerSize <= data.length;) {
    const length = data.readUInt16LE(at);
    if (length < headerSize || at + length > data.length) break;
    found.push({ type: data.readUInt16LE(at + 2) & typeMask, value: data.subarray(at + headerSize, at + length) });
    at += padded(length);
  }
  return found;
}

/** Netlink aligns everything to four bytes. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

function encodeAttribute({ type, value }: Attribute): Buffer {
  const isNested = !(value instanceof Uint8Array);
  const payload = isNested ? encodeAttributes(value) : value;
  const encoded = Buffer.alloc(padded(headerSize + payload.length));
  encoded.writeUInt16LE(headerSize + payload.length);
  encoded.writeUInt16LE(isNested ? type | nestedFlag : type, 2);
  encoded.set(payload, headerSize);
  return encoded;
}
