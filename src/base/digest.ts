import { EngineError } from "./engine-error.ts";

/** A content digest in its canonical form, such as `sha256:9f86…` (OCI image-spec, descriptor.md, "Digests"). */
export type Digest = string & { readonly brand: "Digest" };

const hexLength: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/**
 * Parses a digest of a registered algorithm; the encoded part is lower-case hex of the exact length.
 * @throws EngineError `invalid-argument` for anything else: a digest becomes a path of the store, so it is never guessed.
 */
export function parseDigest(text: string): Digest {
  const colon = text.indexOf(":");
  const length = Object.hasOwn(hexLength, text.slice(0, colon)) ? hexLength[text.slice(0, colon)] : undefined;
  const encoded = text.slice(colon + 1);
  if (colon < 0 || length === undefined || encoded.length !== length || !/^[0-9a-f]*$/.test(encoded)) {
    throw new EngineError("invalid-argument", `invalid digest ${JSON.stringify(text.slice(0, 160))}`, {
      hint: "a digest is sha256: and 64, or sha512: and 128, lower-case hexadecimal digits",
    });
  }
  return text as Digest;
}

export function digestAlgorithm(digest: Digest): "sha256" | "sha512" {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}
