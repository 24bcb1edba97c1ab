import { expect, expectTypeOf, test } from "bun:test";
import { operations, type BodyOf, type Given, type OperationName, type PathOf, type QueryOf, type ReplyTypeOf } from "./index.ts";

test("an operation's types follow from its data", () => {
  type List = typeof operations.containerList;
  type Create = typeof operations.containerCreate;
  expectTypeOf<QueryOf<List>["all"]>().toEqualTypeOf<boolean>();
  expectTypeOf<QueryOf<List>["limit"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<PathOf<typeof operations.containerInspect>>().toEqualTypeOf<Readonly<Record<"id", string>>>();
  expectTypeOf<ReplyTypeOf<Create>["Id"]>().toBeString();
  expectTypeOf<BodyOf<List>>().toBeUndefined();
  expectTypeOf<BodyOf<Create>["HostConfig"]["Memory"]>().toBeNumber();
  const given: Given<BodyOf<Create>> = { Image: "busybox", HostConfig: { Memory: 1 } };
  expect(given.HostConfig?.Memory).toBe(1);
});

test("no two operations have the same method and path", () => {
  const seen = new Set(Object.values(operations).map((operation) => `${operation.method} ${operation.path.replace(/\{\w+\}/g, "{}")}`));
  expect(seen.size).toBe(Object.keys(operations).length);
});

test("every implemented operation takes its body as decoded data or as a stream", () => {
  const wrong = (Object.keys(operations) as OperationName[]).filter((name) => {
    const { body, method } = operations[name];
    return method === "GET" && body.kind !== "none" && name !== "containerAttachWebsocket";
  });
  expect(wrong).toEqual([]);
});
