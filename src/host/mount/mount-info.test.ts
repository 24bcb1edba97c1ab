import { expect, test } from "bun:test";
import { mountOf, parseMountInfo } from "./mount-info.ts";

const text = `22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 /sub /mnt/a\\040b ro,nosuid shared:4 master:2 - tmpfs none rw,size=64k
31 22 0:41 / /mnt rw - tmpfs x rw
broken line
`;

test("parseMountInfo: optional fields, escapes and lines that are none", () => {
  const [root, named, bare, ...rest] = parseMountInfo(text);
  expect(rest).toEqual([]);
  expect(root?.shared).toBe(1);
  expect(named).toEqual({
    id: 30, parent: 22, root: "/sub", target: "/mnt/a b", options: ["ro", "nosuid"],
    type: "tmpfs", source: "none", superOptions: ["rw", "size=64k"], shared: 4,
  });
  expect(bare?.shared).toBeUndefined();
});

test("mountOf: the nearest mount holds the path, and a name that only begins alike does not", () => {
  const mounts = parseMountInfo(text);
  expect(mountOf("/mnt/x", mounts)?.id).toBe(31);
  expect(mountOf("/mntx", mounts)?.id).toBe(22);
});
