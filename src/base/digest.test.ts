import { expect, test } from "bun:test";
import { digestAlgorithm, digestHex, isEngineError, parseDigest } from "./index.ts";

const hex = "0123456789abcdef".repeat(4);

test("parseDigest takes sha256 and sha512 in canonical form", () => {
  const digest = parseDigest(`sha256:${hex}`);
  expect(digestAlgorithm(digest)).toBe("sha256");
  expect(digestHex(digest)).toBe(hex);
  expect(digestAlgorithm(parseDigest(`sha512:${hex}${hex}`))).toBe("sha512");
});

test.each([
  ["no algorithm", hex],
  ["empty", ""],
  ["unknown algorithm", `md5:${hex.slice(0, 32)}`],
  ["a property of every object", "constructor:00"],
  ["too short", `sha256:${hex.slice(1)}`],
  ["too long", `sha256:${hex}0`],
  ["upper case", `sha256:${hex.toUpperCase()}`],
  ["a path", `sha256:../../${hex.slice(6)}`],
  ["a line end", `sha256:${hex.slice(1)}\n`],
])("CVE-2024-3727: parseDigest refuses %s", (_, text) => {
  let caught: unknown;
  try {
    parseDigest(text);
  } catch (error) {
    caught = error;
  }
  expect(isEngineError(caught, "invalid-argument")).toBe(true);
});
