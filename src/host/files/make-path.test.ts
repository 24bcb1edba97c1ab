import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePath, type MakePathOptions } from "./make-path.ts";
import { byteNameOf } from "./names.ts";
import { openTree } from "./open.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "path-"));
  mkdirSync(join(folder, "tree/real"), { recursive: true });
});

afterEach(() => { rmSync(folder, { recursive: true }); });

function make(path: string, options?: MakePathOptions): void {
  using tree = openTree(join(folder, "tree"));
  makePath(tree, byteNameOf(path), options);
}

test("makePath: what is missing is made, also what a link leads to", () => {
  symlinkSync("/var/run", join(folder, "tree/run"));
  symlinkSync("../real/../gone", join(folder, "tree/real/up"));
  make("/run/a/b");
  make("real/up/file", { last: "file" });
  make("/real/./b//c/");
  expect(statSync(join(folder, "tree/var/run/a/b")).isDirectory()).toBe(true);
  expect(statSync(join(folder, "tree/gone/file")).isFile()).toBe(true);
  expect(statSync(join(folder, "tree/real/b/c")).isDirectory()).toBe(true);
});

test("makePath: no way leads out of the tree", () => {
  symlinkSync("../../../../outside", join(folder, "tree/out"));
  symlinkSync(join(folder, "absolute"), join(folder, "tree/far"));
  make("out/a");
  make("far");
  make("../../b");
  expect(readdirSync(folder)).toEqual(["tree"]);
  expect(existsSync(join(folder, "tree/outside/a"))).toBe(true);
  expect(existsSync(join(folder, "tree", folder, "absolute"))).toBe(true);
  expect(existsSync(join(folder, "tree/b"))).toBe(true);
});

test("makePath: only through links, where that is asked for", () => {
  symlinkSync("/var/run", join(folder, "tree/run"));
  make("/plain/a", { onlyThroughLinks: true });
  make("/run", { onlyThroughLinks: true });
  expect(readdirSync(join(folder, "tree")).sort()).toEqual(["real", "run", "var"]);
});

test("makePath: links in a ring and files in the way are errors", () => {
  symlinkSync("b", join(folder, "tree/a"));
  symlinkSync("a", join(folder, "tree/b"));
  writeFileSync(join(folder, "tree/file"), "");
  expect(() => { make("a/c"); }).toThrow("ELOOP");
  expect(() => { make("file/c"); }).toThrow("ENOTDIR");
});
