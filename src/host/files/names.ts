/**
 * A name or path as bytes, one character for each byte (latin1). Names on Linux need not be UTF-8, and must come out of
 * an archive as they went in; as a string they can be compared, split and used as keys.
 */
export type ByteName = string & { readonly brand: "ByteName" };

export function byteName(bytes: Uint8Array): ByteName {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1") as ByteName;
}

/** A text of our own, such as a path from a request, as bytes in UTF-8. */
export function byteNameOf(text: string): ByteName {
  return byteName(Buffer.from(text, "utf8"));
}

export function nameBytes(name: ByteName): Uint8Array {
  return Buffer.from(name, "latin1");
}

/** For people: bytes that are no UTF-8 become replacement characters. */
export function displayName(name: ByteName): string {
  return Buffer.from(name, "latin1").toString("utf8");
}
