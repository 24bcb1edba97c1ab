import { expect, test } from "bun:test";
import { parseSignal } from "./signal.ts";

test("parseSignal: numbers, names in any case, and those of the real-time range", () => {
  for (const [text, number] of [
    ["9", 9], ["KILL", 9], ["SIGKILL", 9], ["sigterm", 15], ["hup", 1], ["RTMIN", 34], ["SIGRTMIN+3", 37], ["RTMAX", 64], ["RTMAX-14", 50], ["64", 64],
  ] as const) expect(parseSignal(text).number).toBe(number);
  expect(parseSignal("9").name).toBe("KILL");
  expect(parseSignal("37").name).toBe("RTMIN+3");
});

test("parseSignal refuses what is none", () => {
  for (const text of ["", "0", "65", "-9", "1.5", "SIG", "NOPE", "RTMIN-1", "RTMAX+1", "RTMIN+31", " 9"]) {
    expect(() => parseSignal(text)).toThrow(`Invalid signal: ${text}`);
  }
});
