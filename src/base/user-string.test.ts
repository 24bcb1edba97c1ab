import { expect, test } from "bun:test";
import { parseUserString } from "./index.ts";

test("parseUserString reads names and numbers", () => {
  expect(parseUserString("")).toEqual({ user: { id: 0 } });
  expect(parseUserString("www-data")).toEqual({ user: { name: "www-data" } });
  expect(parseUserString("1000:staff")).toEqual({ user: { id: 1000 }, group: { name: "staff" } });
  expect(parseUserString(":50")).toEqual({ user: { id: 0 }, group: { id: 50 } });
  expect(parseUserString("2147483647")).toEqual({ user: { id: 2147483647 } });
});

test.each([
  "2147483648", "4294967296", "1:4294967296", "99999999999999999999", "-1", "+1", "a:b:c", "a b", "a\nb", "../x", "a\0",
])("CVE-2024-40635: parseUserString refuses %p", (text) => {
  expect(() => parseUserString(text)).toThrow(/invalid user/);
});
