import { expect, test } from "bun:test";
import { pruneFilter, PruneTurn } from "./index.ts";

const now = Date.parse("2026-01-31T10:00:00Z");

function passes(filters: Readonly<Partial<Record<"label" | "label!" | "until", readonly string[]>>>, labels: Readonly<Record<string, string>> | null, created = now - 3_600_000): boolean {
  const map = new Map(Object.entries(filters) as ["label" | "label!" | "until", readonly string[]][]);
  return pruneFilter(map, now)({ labels, created });
}

test("pruneFilter: every label that is wanted, and not all of those that spare", () => {
  expect(passes({}, null)).toBe(true);
  expect(passes({ label: ["a", "b=2"] }, { a: "1", b: "2" })).toBe(true);
  expect(passes({ label: ["a", "b=3"] }, { a: "1", b: "2" })).toBe(false);
  expect(passes({ label: ["toString"] }, {})).toBe(false);
  expect(passes({ "label!": ["a"] }, { a: "1" })).toBe(false);
  expect(passes({ "label!": ["a", "b"] }, { a: "1" })).toBe(true);
});

test("pruneFilter: not newer than a date, seconds since the epoch, or how long ago", () => {
  for (const until of ["2026-01-31T09:30:00Z", String(now / 1000 - 1800), "30m"]) {
    expect(passes({ until: [until] }, null, now - 3_600_000)).toBe(true);
    expect(passes({ until: [until] }, null, now - 60_000)).toBe(false);
  }
  expect(() => passes({ until: ["1h", "2h"] }, null)).toThrow("more than one until filter specified");
  expect(() => passes({ until: ["yesterday"] }, null)).toThrow('invalid time "yesterday"');
});

test("PruneTurn: one at a time, also after a failure", async () => {
  const turn = new PruneTurn();
  const first = turn.run(async () => { await Bun.sleep(1); throw new Error("broken"); });
  expect(await turn.run(() => Promise.resolve(1)).catch((error: unknown) => error)).toMatchObject({ kind: "conflict", message: "a prune operation is already running" });
  expect(await first.catch((error: unknown) => String(error))).toContain("broken");
  expect(await turn.run(() => Promise.resolve(2))).toBe(2);
});
