import { EngineError } from "../../base/index.ts";

/**
 * A path or name as the kernel takes it: bytes and a NUL. Bytes are taken as they are, since names on Linux need not
 * be UTF-8.
 * @throws EngineError `invalid-argument` when it holds a NUL itself: the kernel would see a shorter name
 */
export function cString(text: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.includes(0)) {
    throw new EngineError("invalid-argument", `${JSON.stringify(bytes.toString())} contains a NUL byte`);
  }
  return Buffer.concat([bytes, Buffer.of(0)]);
}
