import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mount, mountOverlay, readMounts, unmount } from "../../src/host/mount/index.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mount-")));
});

afterEach(() => {
  for (const { target } of readMounts().reverse()) if (target.startsWith(`${folder}/`)) unmount(target);
  rmSync(folder, { recursive: true });
});

function make(...names: readonly string[]): string[] {
  return names.map((name) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  });
}

test("mountOverlay: the topmost lower layer wins and changes go to the upper folder", () => {
  const [top = "", bottom = "", upper = "", work = "", target = ""] = make("top:1", "bottom", "upper", "work", "target");
  writeFileSync(join(top, "a"), "top");
  writeFileSync(join(bottom, "a"), "bottom");
  writeFileSync(join(bottom, "b"), "bottom");
  mountOverlay({ lower: [top, bottom], upper: { folder: upper, work }, target, options: { index: "off" } });
  expect(readFileSync(join(target, "a"), "utf8")).toBe("top");
  expect(readFileSync(join(target, "b"), "utf8")).toBe("bottom");
  writeFileSync(join(target, "b"), "changed");
  expect(readFileSync(join(upper, "b"), "utf8")).toBe("changed");
  expect(unmount(target)).toBe(true);
  expect(unmount(target)).toBe(false);
});

test("mountOverlay: 300 layers are mounted, more than a page of options holds", () => {
  const layers = make(...Array.from({ length: 300 }, (_, i) => `layer-with-a-long-name-${i}`));
  const [target = ""] = make("target");
  for (const [i, layer] of layers.entries()) writeFileSync(join(layer, `file-${i}`), "");
  mountOverlay({ lower: layers, target });
  expect(readFileSync(join(target, "file-299"), "utf8")).toBe("");
});

test("mountOverlay: says what the kernel did not like", () => {
  const [target = ""] = make("target");
  expect(() => { mountOverlay({ lower: [join(folder, "missing")], target }); }).toThrow(/missing/);
});

test("readMounts: a mount on a path with a space is found under its true name", () => {
  const [target = ""] = make("with space");
  mount({ source: "tmpfs", target, type: "tmpfs", flags: ["nosuid", "nodev"], data: "size=64k,mode=700" });
  const found = readMounts().find((info) => info.target === target);
  expect(found?.type).toBe("tmpfs");
  expect(found?.options).toContain("nosuid");
  expect(found?.superOptions).toContain("size=64k");
});

test("enterOwnMountNamespace: the program goes on under its pid, and what it mounts is not seen outside", () => {
  const [target = ""] = make("inside");
  const door = join(import.meta.dir, "../../src/host/mount/index.ts");
  const program = join(folder, "program.ts");
  writeFileSync(
    program,
    `import { enterOwnMountNamespace, mount, readMounts } from ${JSON.stringify(door)};
    enterOwnMountNamespace(process.env, { BEFORE: String(process.pid) });
    mount({ source: "tmpfs", target: ${JSON.stringify(target)}, type: "tmpfs" });
    const own = readMounts();
    console.log(JSON.stringify({
      pid: process.pid, before: process.env.BEFORE, word: process.argv[2],
      mounted: own.some((info) => info.target === ${JSON.stringify(target)}),
      unified: own.some((info) => info.target === "/sys/fs/cgroup/unified" && info.type === "cgroup2"),
    }));`,
  );
  const result = spawnSync(process.execPath, [program, "a word"], { encoding: "utf8" });
  expect(result.stderr).toBe("");
  const told = JSON.parse(result.stdout) as Record<string, unknown>;
  expect(told).toEqual({ pid: Number(told.before), before: told.before, word: "a word", mounted: true, unified: false });
  expect(readMounts().some((info) => info.target === target)).toBe(false);
});
