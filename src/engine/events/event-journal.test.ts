import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeEvent } from "./event-line.ts";
import { EventJournal, type JournalOptions } from "./index.ts";

let folder: string;
const warnings: string[] = [];
const small = { fileSize: 1000, totalSize: 3000, age: 60_000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "events-"));
  warnings.length = 0;
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function journal(options: Partial<JournalOptions> = {}): EventJournal {
  return new EventJournal({ folder, warn: (message) => { warnings.push(message); }, ...options });
}

function event(number: number): ReturnType<typeof makeEvent> {
  return makeEvent({ type: "container", action: `action ${number}`, id: "c", attributes: { image: "i", text: "a\n\u20ac" }, timeNano: BigInt(number) });
}

async function numbers(kept: EventJournal, since = 0n): Promise<number[]> {
  const found: number[] = [];
  for await (const { timeNano } of kept.past(since)) found.push(Number(timeNano));
  return found;
}

test("EventJournal: what was added is there for the next one, whole and in order", async () => {
  const first = journal();
  for (const number of [1, 2, 3]) first.add(event(number));
  // Not closed: its engine was killed.
  const next = journal();
  next.add(event(4));
  expect(await numbers(next)).toEqual([1, 2, 3, 4]);
  expect(await numbers(next, 3n)).toEqual([3, 4]);
  const [found] = await Array.fromAsync(next.past(4n));
  expect(found).toEqual(event(4));
  first[Symbol.dispose]();
  next[Symbol.dispose]();
});

test("EventJournal: what comes after a reader is not for it", async () => {
  using kept = journal();
  kept.add(event(1));
  const past = kept.past(0n);
  kept.add(event(2));
  expect((await Array.fromAsync(past)).map(({ timeNano }) => timeNano)).toEqual([1n]);
});

test("EventJournal: pieces of lines and other nonsense are passed over, and spoil nothing that follows", async () => {
  const first = journal();
  first.add(event(1));
  first[Symbol.dispose]();
  appendFileSync(join(folder, "00000001"), '\0\0\0\n2 {"type":"container","action":5}\n2 nonsense\n3 {"type":"contai');
  using next = journal();
  next.add(event(4));
  expect(await numbers(next)).toEqual([1, 4]);
  expect(warnings).toEqual([]);
});

test("EventJournal: the oldest go when there are too many bytes, or when they are too old", async () => {
  using kept = journal({ limits: small });
  for (let number = 1; number <= 200; number++) kept.add(event(number));
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(small.totalSize + small.fileSize);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(small.fileSize);
  const left = await numbers(kept);
  expect(left.at(-1)).toBe(200);
  expect(left.length).toBeGreaterThan(10);
  expect(left).toEqual(left.map((_, index) => 201 - left.length + index));
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1, 1);
  using later = journal({ limits: small });
  later.add(event(201));
  expect((await numbers(later)).length).toBeLessThan(12);
});

test("EventJournal: a disk that takes nothing is told once, and stops nobody", async () => {
  using kept = journal({ limits: small });
  kept.add(event(1));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  for (let number = 2; number < 30; number++) kept.add(event(number));
  expect(warnings).toHaveLength(1);
  rmSync(folder);
  expect(await numbers(kept)).toEqual([]);
});
