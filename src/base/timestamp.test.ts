import { expect, test } from "bun:test";
import { compareTimestamps, formatTimestamp, makeClock, millisecondsOf, never } from "./timestamp.ts";

test("formatTimestamp: digits as Go writes them", () => {
  expect(formatTimestamp(1_700_000_000_000_000_000n)).toBe("2023-11-14T22:13:20Z");
  expect(formatTimestamp(1_700_000_000_120_000_000n)).toBe("2023-11-14T22:13:20.12Z");
  expect(formatTimestamp(1_700_000_000_000_000_001n)).toBe("2023-11-14T22:13:20.000000001Z");
});

test("compareTimestamps: by the moment, not by the text", () => {
  const moments = [0n, 100_000_000n, 100_000_001n, 123_000_000n, 1_000_000_000n].map((part) => formatTimestamp(1_700_000_000_000_000_000n + part));
  expect([...moments].reverse().sort(compareTimestamps)).toEqual(moments);
  expect(compareTimestamps("2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z")).toBe(0);
  expect(compareTimestamps(never, moments[0] ?? "")).toBe(-1);
});

test("millisecondsOf reads nanoseconds, and never is before everything", () => {
  expect(millisecondsOf("2023-11-14T22:13:20.123456789Z")).toBe(1_700_000_000_123);
  expect(millisecondsOf(never)).toBeLessThan(0);
});

test("makeClock: moments within one millisecond differ, and a clock that is set back is followed", () => {
  let now = 5;
  const clock = makeClock(() => now);
  expect([clock(), clock(), clock()]).toEqual([5_000_000n, 5_000_001n, 5_000_002n]);
  now = 1;
  expect(clock()).toBe(1_000_000n);
});
