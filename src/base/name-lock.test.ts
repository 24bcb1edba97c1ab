import { expect, test } from "bun:test";
import { NameLock } from "./index.ts";

test("NameLock: one at a time for a name, in order, also after a failure", async () => {
  const lock = new NameLock();
  const seen: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const first = lock.run("a", async () => {
    await gate.promise;
    seen.push("first");
    throw new Error("broken");
  });
  const second = lock.run("a", () => { seen.push("second"); });
  await lock.run("b", () => { seen.push("other"); });
  gate.resolve(undefined);
  expect(first).rejects.toThrow("broken");
  await first.catch(() => undefined);
  await second;
  expect(seen).toEqual(["other", "first", "second"]);
});
