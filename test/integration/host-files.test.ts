import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync, chownSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync,
  truncateSync, utimesSync, writeFileSync, writeSync, closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  byteName, byteNameOf, copyTree, discardTree, makeNode, openFlags, openIn, openRegularFile, openTree, readAttributes, readNames, removeTree, setAttribute, statusOf, treeSize,
} from "../../src/host/files/index.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
  mkdirSync(join(folder, "tree"));
  writeFileSync(join(folder, "secret"), "outside");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function readIn(path: string, resolve: "in-root" | "beneath" | "no-links"): string {
  using tree = openTree(join(folder, "tree"));
  using file = openIn(tree, byteNameOf(path), openFlags.readOnly, { resolve });
  return readFileSync(file.number, "utf8");
}

test("openIn: absolute links and dot-dot end at the tree's root", () => {
  mkdirSync(join(folder, "tree/run"));
  writeFileSync(join(folder, "tree/run/pid"), "inside");
  symlinkSync("/run", join(folder, "tree/var-run"));
  symlinkSync("../../../../run/pid", join(folder, "tree/up"));
  symlinkSync("../secret", join(folder, "tree/escape"));
  expect(readIn("/var-run/pid", "in-root")).toBe("inside");
  expect(readIn("up", "in-root")).toBe("inside");
  expect(() => readIn("escape", "in-root")).toThrow("ENOENT");
  expect(() => readIn("escape", "beneath")).toThrow("EXDEV");
  expect(() => readIn("../secret", "beneath")).toThrow("EXDEV");
  expect(() => readIn("up", "no-links")).toThrow(/ELOOP|EXDEV/);
});

test("openRegularFile: a FIFO in a file's place does not stop the engine, a missing file is none", () => {
  using tree = openTree(join(folder, "tree"));
  makeNode(tree, byteNameOf("passwd"), { type: "fifo", mode: 0o644 });
  expect(() => openRegularFile(tree, byteNameOf("passwd"))).toThrow("not a regular file");
  expect(openRegularFile(tree, byteNameOf("nothing/at/all"))).toBeUndefined();
});

test("removeTree: removes links and not what they point to", () => {
  mkdirSync(join(folder, "tree/a/b"), { recursive: true });
  symlinkSync(folder, join(folder, "tree/a/b/out"));
  writeFileSync(join(folder, "tree/a/file"), "");
  using tree = openTree(join(folder, "tree"));
  removeTree(tree, byteNameOf("a"));
  removeTree(tree, byteNameOf("a"));
  expect(readNames(tree)).toEqual([]);
  expect(readFileSync(join(folder, "secret"), "utf8")).toBe("outside");
});

test("discardTree: removes links and not what they point to, and a tree deeper than a process has handles", async () => {
  mkdirSync(join(folder, "tree/top/a"), { recursive: true });
  symlinkSync(folder, join(folder, "tree/top/a/out"));
  for (let i = 0; i < 50; i++) writeFileSync(join(folder, `tree/top/file${i}`), "");
  // Deeper than a path may be long: it is moved into ever new folders.
  const deep = "d/".repeat(400);
  mkdirSync(join(folder, "tree/top/deep", deep), { recursive: true });
  for (let i = 0; i < 4; i++) {
    mkdirSync(join(folder, "tree/next", deep), { recursive: true });
    renameSync(join(folder, "tree/top/deep"), join(folder, "tree/next", deep, "d"));
    renameSync(join(folder, "tree/next"), join(folder, "tree/top/deep"));
  }
  using tree = openTree(join(folder, "tree"));
  using parent = openIn(tree, byteNameOf("."), openFlags.directory);
  await discardTree(parent, byteNameOf("top"));
  await discardTree(parent, byteNameOf("top"));
  expect(readNames(parent)).toEqual([]);
  expect(readFileSync(join(folder, "secret"), "utf8")).toBe("outside");
});

test("copyTree: everything a file has comes along", async () => {
  const from = join(folder, "tree");
  mkdirSync(join(from, "sub"));
  writeFileSync(join(from, "sub/tool"), "#!");
  chownSync(join(from, "sub/tool"), 12, 34);
  chmodSync(join(from, "sub/tool"), 0o4755);
  linkSync(join(from, "sub/tool"), join(from, "same"));
  symlinkSync("/dangling", join(from, "link"));
  writeFileSync(join(from, "sparse"), "");
  truncateSync(join(from, "sparse"), 8 * 1024 * 1024);
  const file = openSync(join(from, "sparse"), "r+");
  writeSync(file, Buffer.from("end"), 0, 3, 8 * 1024 * 1024 - 3);
  closeSync(file);
  utimesSync(join(from, "sparse"), 1, 1_000_000_000.5);
  mkdirSync(join(folder, "copy"));
  using source = openTree(from);
  using target = openTree(join(folder, "copy"));
  const odd = byteName(Uint8Array.of(0xff, 0xfe));
  makeNode(source, odd, { type: "char", mode: 0o666, device: { major: 1, minor: 3 } });
  setAttribute(source, byteNameOf("same"), { name: "user.note", value: Buffer.from("kept") });
  using toFolder = openIn(target, byteNameOf("."), openFlags.directory);
  using fromFolder = openIn(source, byteNameOf("."), openFlags.directory);
  let turns = 0;
  const others = setInterval(() => (turns += 1), 0);
  await copyTree(fromFolder, toFolder);
  clearInterval(others);
  expect(turns).toBeGreaterThan(0);
  const tool = statSync(join(folder, "copy/sub/tool"));
  expect([tool.mode & 0o7777, tool.uid, tool.gid, tool.nlink]).toEqual([0o4755, 12, 34, 2]);
  expect(statSync(join(folder, "copy/same")).ino).toBe(tool.ino);
  expect(readlinkSync(join(folder, "copy/link"))).toBe("/dangling");
  const sparse = statSync(join(folder, "copy/sparse"));
  expect([sparse.size, sparse.blocks < 64, sparse.mtimeMs]).toEqual([8 * 1024 * 1024, true, 1_000_000_000_500]);
  expect(readFileSync(join(folder, "copy/sparse")).subarray(-3).toString()).toBe("end");
  expect(statusOf(toFolder, odd)?.node).toEqual({ major: 1, minor: 3 });
  expect(Buffer.from(readAttributes(toFolder, byteNameOf("sub/tool")).get("user.note") ?? "").toString()).toBe("kept");
  expect(await treeSize(toFolder)).toBe(await treeSize(fromFolder));
  expect(existsSync(join(folder, "copy/dangling"))).toBe(false);
  expect(lstatSync(join(folder, "copy/link")).isSymbolicLink()).toBe(true);
});
