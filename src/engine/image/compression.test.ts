import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { decompress } from "./compression.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function outcome(bytes: Uint8Array, size: number): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of decompress(pieces(bytes, size))) parts.push(part);
  } catch (error) {
    return String(error);
  }
  return Buffer.concat(parts).toString("latin1");
}

/** Bytes that cannot be made smaller, the same in every run. */
const noise = Buffer.concat(Array.from({ length: 2000 }, (_, i) => createHash("sha256").update(`${i}`).digest()));
const text = Buffer.from("text ".repeat(40_000));
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);

test("decompress: what is not read is named, and a file whose name only looks like it is not taken for it", async () => {
  expect(await outcome(Buffer.from("BZh91AY&SY and so on"), 3)).toContain("compressed with bzip2");
  expect(await outcome(Buffer.from("\u00fd7zXZ\0 and so on", "latin1"), 3)).toContain("compressed with xz");
  expect(await outcome(Buffer.from("BZh9.txt\0\0\0"), 3)).toBe("BZh9.txt\0\0\0");
});

test("decompress: plain data, and gzip and zstd of one and of several parts", async () => {
  const [one, both] = [noise.toString("latin1"), Buffer.concat([noise, text]).toString("latin1")];
  for (const size of [7, 4096, 1_000_000]) {
    expect(await outcome(noise, size) === one).toBe(true);
    expect(await outcome(gzipSync(noise), size) === one).toBe(true);
    expect(await outcome(Buffer.concat([gzipSync(noise), gzipSync(text)]), size) === both).toBe(true);
    expect(await outcome(zstdCompressSync(noise), size) === one).toBe(true);
    expect(await outcome(Buffer.concat([skippable, zstdCompressSync(noise), skippable, zstdCompressSync(text), skippable]), size) === both).toBe(true);
  }
  for (const few of ["", "a", "abc"]) expect(await outcome(Buffer.from(few), 1)).toBe(few);
}, 60_000);

test("decompress: data that is cut off, changed or followed by something else is an error", async () => {
  for (const size of [7, 4096, 1_000_000]) {
    for (const [name, packed] of [["gzip", gzipSync(noise)], ["zstd", zstdCompressSync(noise)]] as const) {
      for (const bytes of [packed.subarray(0, -1), packed.subarray(0, 30_000), packed.subarray(0, 6), Buffer.concat([packed, Buffer.from("something else")])]) {
        expect(await outcome(bytes, size)).toStartWith(`EngineError: the ${name} data is damaged`);
      }
    }
  }
}, 60_000);
