import { expect, test } from "bun:test";
import { parseProcessorTime, readProcessorTime } from "./processor-time.ts";

test("parseProcessorTime: all ticks but those of guests, in nanoseconds", () => {
  const stat = "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu1 0 0 0 0 0 0 0 0 0 0\nintr 5 4 3\nctxt 3\n";
  expect(parseProcessorTime(stat)).toEqual({ total: 280_000_000, processors: 2 });
});

test("readProcessorTime: goes on", async () => {
  const before = readProcessorTime();
  await Bun.sleep(30);
  expect(readProcessorTime().total).toBeGreaterThan(before.total);
});
