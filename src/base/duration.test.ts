import { expect, test } from "bun:test";
import { parseDuration } from "./index.ts";

test.each([
  ["0", 0n],
  ["1m30s", 90_000_000_000n],
  ["1.5h", 5_400_000_000_000n],
  [".5s", 500_000_000n],
  ["1.s", 1_000_000_000n],
  ["250ms", 250_000_000n],
  ["3µs", 3_000n],
  ["-2s", -2_000_000_000n],
  ["+2ns", 2n],
])("parseDuration reads %s", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(["", "1", "s", "1d", "-", "1 s", ".s", "9999999999h", "1s2"])("parseDuration refuses %p", (text) => {
  expect(() => parseDuration(text)).toThrow(/invalid duration/);
});
