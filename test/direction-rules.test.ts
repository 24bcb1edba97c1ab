import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findWrongImports } from "./direction-rules.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "directions-"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function wrongOf(files: Readonly<Record<string, string>>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return findWrongImports(root);
}

test("imports that go down, through doors, are right", () => {
  expect(
    wrongOf({
      "top.ts": 'import { a } from "./engine/index.ts"; import { c } from "./client/index.ts";',
      "engine/index.ts": 'export { a } from "./a.ts";',
      "engine/a.ts": 'import { b } from "../base/index.ts"; import { h } from "../host/libc/index.ts"; export const a = "export * from x";',
      "host/libc/index.ts": 'import koffi from "koffi"; export const h = koffi;',
      "client/index.ts": 'import type { b } from "../base/index.ts"; export const c = 1;',
      "base/index.ts": "export const b = 1;",
    }),
  ).toEqual([]);
});

test("an import that goes up or across is told, of types as well", () => {
  expect(
    wrongOf({
      "base/index.ts": 'import type { a } from "../api/index.ts";',
      "api/index.ts": "export const a = 1;",
      "client/index.ts": 'import { e } from "../engine/index.ts";',
      "engine/index.ts": "export const e = 1;",
    }),
  ).toEqual(["src/base/index.ts: base must not import api", "src/client/index.ts: client must not import engine"]);
});

test("an import past a door is told", () => {
  expect(wrongOf({ "engine/x/index.ts": 'import { y } from "../y/inner.ts";', "engine/y/inner.ts": "export const y = 1;" })).toEqual([
    "src/engine/x/index.ts: imports engine/y/inner.ts past its folder's index.ts",
  ]);
});

test("a folder that is no room, and system calls outside of host, are told", () => {
  expect(wrongOf({ "utils/a.ts": "export const a = 1;", "engine/b.ts": 'import koffi from "koffi"; export const b = koffi;' })).toEqual([
    "src/engine/b.ts: system calls are made in src/host only",
    "src/utils/a.ts: utils is no room of src/",
  ]);
});

test.each(['export * from "./a.ts";', 'export * as all from "./a.ts";', 'export type * from "./a.ts";'])("%s is told", (text) => {
  expect(wrongOf({ "base/a.ts": "export const a = 1;", "base/index.ts": text })).toEqual(["src/base/index.ts: export * hides what a door offers"]);
});

test("a ring of imports is told once, where one of them is of types only", () => {
  expect(
    wrongOf({
      "base/a.ts": 'import { b } from "./b.ts"; export const a = b;',
      "base/b.ts": 'import { c } from "./c.ts"; export const b = c;',
      "base/c.ts": 'import type { a } from "./a.ts"; export const c: typeof a = 1;',
      "base/d.ts": 'import { a } from "./a.ts"; export const d = a;',
    }),
  ).toEqual(["src/base/a.ts -> base/b.ts -> base/c.ts -> base/a.ts: a cycle of imports"]);
});
