import { expect, test } from "bun:test";
import { SerialQueue } from "./serial-queue.ts";

test("tasks run one after another, and a failure is its caller's alone", async () => {
  const queue = new SerialQueue();
  const order: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const first = queue.run(async () => {
    await gate.promise;
    order.push("first");
  });
  const second = queue.run(() => {
    order.push("second");
    return Promise.reject(new Error("broken"));
  });
  const third = queue.run(() => {
    order.push("third");
    return Promise.resolve(3);
  });
  expect(queue.length).toBe(3);
  gate.resolve(undefined);
  await first;
  expect(second).rejects.toThrow("broken");
  expect(await third).toBe(3);
  expect(order).toEqual(["first", "second", "third"]);
  expect(queue.length).toBe(0);
});
