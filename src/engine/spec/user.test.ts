import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteNameOf, makeNode, openFolder, openTree } from "../../host/files/index.ts";
import { resolveUser } from "./index.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "user-"));
  mkdirSync(join(root, "etc"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function resolve(text: string, groups: readonly string[] = []): ReturnType<typeof resolveUser> {
  using tree = openTree(root);
  return resolveUser(tree, text, groups);
}

function files(passwd: string, group: string): void {
  writeFileSync(join(root, "etc/passwd"), passwd);
  writeFileSync(join(root, "etc/group"), group);
}

test("resolveUser: names, numbers, groups and home folders", () => {
  files("root:x:0:0:root:/root:/bin/sh\n# note\nann:x:1000:100:Ann:/home/ann:/bin/sh\n", "users:x:100:\ncrew:x:200:bob,ann\nstaff:x:300:bob\n");
  expect(resolve("")).toEqual({ uid: 0, gid: 0, additionalGids: [0], home: "/root" });
  expect(resolve("ann")).toEqual({ uid: 1000, gid: 100, additionalGids: [100, 200], home: "/home/ann" });
  expect(resolve("1000")).toEqual({ uid: 1000, gid: 100, additionalGids: [100, 200], home: "/home/ann" });
  expect(resolve("ann:staff")).toEqual({ uid: 1000, gid: 300, additionalGids: [300], home: "/home/ann" });
  expect(resolve("7:8")).toEqual({ uid: 7, gid: 8, additionalGids: [8], home: "/" });
  expect(resolve("ann", ["staff", "9"])).toEqual({ uid: 1000, gid: 100, additionalGids: [100, 200, 300, 9], home: "/home/ann" });
});

test("resolveUser: docker's words for who is not there", () => {
  files("root:x:0:0:root:/root:/bin/sh\n", "root:x:0:\n");
  expect(() => resolve("ann")).toThrow("unable to find user ann: no matching entries in passwd file");
  expect(() => resolve("0:crew")).toThrow("unable to find group crew: no matching entries in group file");
  expect(() => resolve("0", ["crew"])).toThrow("unable to find group crew: no matching entries in group file");
});

test("resolveUser: an image without the files has numbers only", () => {
  rmSync(join(root, "etc"), { recursive: true });
  expect(resolve("")).toEqual({ uid: 0, gid: 0, additionalGids: [0], home: "/" });
  expect(resolve("12")).toEqual({ uid: 12, gid: 0, additionalGids: [0], home: "/" });
  expect(() => resolve("ann")).toThrow("unable to find user ann");
});

for (const text of ["4294967296", "2147483648", "18446744073709551616", "-1", "+1", "1000:4294967296", "0x0", "1e3", " 0", "0\n"]) {
  test(`CVE-2024-40635: user ${JSON.stringify(text)} never becomes root`, () => {
    files("root:x:0:0:root:/root:/bin/sh\n0x1:x:0:0::/:\n", "root:x:0:\n");
    expect(() => resolve(text)).toThrow(/invalid user|unable to find user/);
  });
}

for (const entry of ["ann:x:4294967296:1", "ann:x::1", "ann:x:-1:1", "ann:x:0x5:1", "ann:x", "ann"]) {
  test(`CVE-2024-40635: the passwd entry ${entry} never becomes root`, () => {
    files(`${entry}\n`, "");
    expect(() => resolve("ann")).toThrow("unable to find user ann: no matching entries in passwd file");
  });
}

test("CVE-2024-40635: a group's number that is none is no group", () => {
  files("ann:x:5:6::/:\n", "crew:x:4294967296:ann\n");
  expect(resolve("ann").additionalGids).toEqual([6]);
  expect(() => resolve("ann:crew")).toThrow("unable to find group crew");
});

test("CVE-2022-31030: a FIFO in the place of passwd does not hang the engine", () => {
  {
    using tree = openTree(root);
    using etc = openFolder(tree, byteNameOf("etc"));
    makeNode(etc, byteNameOf("passwd"), { type: "fifo", mode: 0o644 });
  }
  expect(() => resolve("ann")).toThrow("etc/passwd is not a regular file");
});

test("CVE-2018-15664: a link in the place of passwd leads nowhere outside the image", () => {
  writeFileSync(join(root, "own"), "ann:x:5:6::/:\n");
  symlinkSync("/etc/passwd", join(root, "etc/group"));
  symlinkSync("../../../../../../own", join(root, "etc/passwd"));
  expect(resolve("ann").uid).toBe(5);
  rmSync(join(root, "etc/passwd"));
  symlinkSync("/proc/1/root/etc/passwd", join(root, "etc/passwd"));
  expect(() => resolve("root")).toThrow("unable to find user root");
});

test("resolveUser: a file larger than memory is refused before it is read", () => {
  files("", "");
  truncateSync(join(root, "etc/passwd"), 2 ** 40);
  expect(() => resolve("ann")).toThrow("etc/passwd in the container is larger than 16 MiB");
});
