import { expect, test } from "bun:test";
import { DetachFilter, parseDetachKeys } from "./detach-keys.ts";

test("parseDetachKeys: characters and control keys", () => {
  expect([...parseDetachKeys(undefined)]).toEqual([16, 17]);
  expect([...parseDetachKeys("ctrl-a,a,ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_")]).toEqual([1, 97, 0, 27, 28, 29, 30, 31]);
  expect([...parseDetachKeys("CTRL-P,x")]).toEqual([16, 120]);
  expect(() => parseDetachKeys("ctrl-1")).toThrow("Unknown character: 'ctrl-1'");
  expect(() => parseDetachKeys("a,,b")).toThrow("Unknown character: ''");
});

function filter(...chunks: readonly (readonly number[])[]) {
  const keys = new DetachFilter(Uint8Array.of(16, 17));
  return chunks.map((chunk) => {
    const { bytes, isDetached } = keys.take(Uint8Array.from(chunk));
    return [...bytes, ...(isDetached ? ["detached"] : [])];
  });
}

test("DetachFilter: the sequence in one piece and in two, and what looks like its beginning", () => {
  expect(filter([1, 16, 17, 2])).toEqual([[1, "detached"]]);
  expect(filter([16], [17])).toEqual([[], ["detached"]]);
  expect(filter([16], [5])).toEqual([[], [16, 5]]);
  expect(filter([16, 16, 17])).toEqual([[16, "detached"]]);
  expect(filter([17, 16])).toEqual([[17]]);
});

test("DetachFilter.rest gives back what was held", () => {
  const keys = new DetachFilter(Uint8Array.of(16, 17));
  keys.take(Uint8Array.of(16));
  expect([...keys.rest()]).toEqual([16]);
  expect([...keys.rest()]).toEqual([]);
});
