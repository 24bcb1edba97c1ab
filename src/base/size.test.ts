import { expect, test } from "bun:test";
import { formatBinarySize, formatDecimalSize, parseMemorySize } from "./index.ts";

test.each([
  ["0", 0],
  ["512", 512],
  ["64k", 65_536],
  ["64KB", 65_536],
  ["1.5g", 1_610_612_736],
  ["10MiB", 10_485_760],
  ["1 gb", 1_073_741_824],
])("parseMemorySize reads %s", (text, bytes) => {
  expect(parseMemorySize(text)).toBe(bytes);
});

test.each(["", "-1", "1x", "k", "1e3", "9999999p", "1.2.3m", " 1"])("parseMemorySize refuses %p", (text) => {
  expect(() => parseMemorySize(text)).toThrow(/invalid size/);
});

test("formatDecimalSize counts in thousands with three digits", () => {
  expect([0, 999, 1000, 4_269_678, 77_823_117, 1_500_000_000].map((bytes) => formatDecimalSize(bytes))).toEqual([
    "0B", "999B", "1kB", "4.27MB", "77.8MB", "1.5GB",
  ]);
  expect(formatDecimalSize(1_981_600, 4)).toBe("1.982MB");
});

test("formatBinarySize counts in 1024s with four digits", () => {
  expect([512, 1024, 1_610_612_736, 25_769_803_776].map(formatBinarySize)).toEqual(["512B", "1KiB", "1.5GiB", "24GiB"]);
});
