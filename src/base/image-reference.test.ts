import { expect, test } from "bun:test";
import { familiarReference, parseImageReference } from "./index.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each([
  ["busybox", "docker.io", "library/busybox", "busybox"],
  ["ann/app:1.2", "docker.io", "ann/app", "ann/app:1.2"],
  ["index.docker.io/busybox:1", "docker.io", "library/busybox", "busybox:1"],
  ["docker.io/library/busybox", "docker.io", "library/busybox", "busybox"],
  ["localhost/app", "localhost", "app", "localhost/app"],
  ["localhost:5000/a/b__c:T_1", "localhost:5000", "a/b__c", "localhost:5000/a/b__c:T_1"],
  ["[::1]:5000/app", "[::1]:5000", "app", "[::1]:5000/app"],
  ["LOCAL/app", "LOCAL", "app", "LOCAL/app"],
  [`app:1@${digest}`, "docker.io", "library/app", `app:1@${digest}`],
])("parseImageReference reads %s", (text, domain, path, familiar) => {
  const reference = parseImageReference(text);
  expect([reference.domain, reference.path]).toEqual([domain, path]);
  expect(familiarReference(reference)).toBe(familiar);
});

test("parseImageReference leaves tag and digest out where there is none", () => {
  expect(Object.keys(parseImageReference("busybox"))).toEqual(["domain", "path"]);
});

test.each([
  "", ":", ":tag", "a:", "a@", "a//b", "/a", "a/", "../a", "a/../b", "-a", "a_-b", "a:b:c", "a b", "a\n",
  "ab".repeat(32), `a:${"t".repeat(129)}`, "a".repeat(256), "a@sha256:00", "ho_st.x/a", "Busybox",
])("parseImageReference refuses %p", (text) => {
  expect(() => parseImageReference(text)).toThrow(/invalid (reference|digest)/);
});

test("familiarReference: a folder that looks like a host keeps the domain before it", () => {
  const reference = parseImageReference("docker.io/reg.example/app:1");
  expect(familiarReference(reference)).toBe("docker.io/reg.example/app:1");
  expect(parseImageReference(familiarReference(reference))).toEqual(reference);
  expect(familiarReference(parseImageReference("docker.io/localhost/app"))).toBe("docker.io/localhost/app");
});
