import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isElf, SealedProgram } from "./sealed-program.ts";

test("CVE-2019-5736: SealedProgram runs, and nobody can write to it", () => {
  const sealed = new SealedProgram("/bin/true");
  expect(spawnSync(sealed.path).status).toBe(0);
  const overwrite = (): void => { writeFileSync(sealed.path, "#!/bin/sh\n", { flag: "r+" }); };
  expect(overwrite).toThrow(/EPERM/);
  expect(() => openSync(sealed.path, "w")).toThrow(/EPERM/);
  expect(spawnSync(sealed.path).status).toBe(0);
  sealed[Symbol.dispose]();
  expect(existsSync(sealed.path)).toBe(false);
});

test("SealedProgram: says which runtime cannot be read", () => {
  expect(() => new SealedProgram("/nowhere/crun")).toThrow("/nowhere/crun");
});

test("isElf: scripts are told from programs", () => {
  const folder = mkdtempSync(join(tmpdir(), "elf-"));
  writeFileSync(join(folder, "script"), "#!/bin/sh\n");
  expect(isElf(join(folder, "script"))).toBe(false);
  expect(isElf("/proc/self/exe")).toBe(true);
  rmSync(folder, { recursive: true });
});
