import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteNameOf, openFlags, openIn, openTree } from "../../src/host/files/index.ts";
import { attachMount, copyMountsOf, mount, mountByHandles, mountOverlay, readMounts, unmount } from "../../src/host/mount/index.ts";
import { identifyProcess, ProcessHandle } from "../../src/host/process/index.ts";

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

test.each([["mountOverlay", mountOverlay], ["mountByHandles, for older kernels", mountByHandles]] as const)("%s: the topmost lower layer wins and changes go to the upper folder", (_, mountLayers) => {
  const [top = "", bottom = "", upper = "", work = "", target = ""] = make("top:1", "bottom", "upper", "work", "target");
  writeFileSync(join(top, "a"), "top");
  writeFileSync(join(bottom, "a"), "bottom");
  writeFileSync(join(bottom, "b"), "bottom");
  mountLayers({ lower: [top, bottom], upper: { folder: upper, work }, target, options: { index: "off" } });
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

test("mountByHandles: 150 layers are mounted, whose paths do not fit into a page of options", () => {
  const layers = make(...Array.from({ length: 150 }, (_, i) => `layer-with-a-long-name-${i}`));
  const [target = ""] = make("target");
  layers.forEach((layer, i) => { writeFileSync(join(layer, `file${i}`), ""); });
  mountByHandles({ lower: layers, target });
  expect(readdirSync(target)).toHaveLength(150);
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

test("copyMountsOf, attachMount: what only another namespace has mounted is shown here, where a handle says", async () => {
  const [inside = "", shown = "", decoy = ""] = make("inside", "shown/point", "decoy");
  const script = `mount --make-rprivate / && mount -t tmpfs -o size=64k private ${inside} && mkdir ${inside}/below && mount -t tmpfs below ${inside}/below && echo told > ${inside}/word && echo ready && exec sleep 1000`;
  const child = spawn("unshare", ["--mount", "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const identity = identifyProcess(child.pid ?? 0);
  using program = identity === undefined ? undefined : ProcessHandle.open(identity);
  if (program === undefined) throw new Error("the program is not there");
  const where = (): string[] => [readlinkSync("/proc/thread-self/ns/mnt"), readlinkSync("/proc/thread-self/root"), process.cwd()];
  const before = where();
  using copied = copyMountsOf(program, [inside, join(folder, "nowhere")]);
  expect([where(), copied?.places.length, copied?.places[1]]).toEqual([before, 2, undefined]);
  expect(readdirSync(inside)).toEqual([]);
  const whole = copied?.places[0];
  if (copied === undefined || whole === undefined) throw new Error("nothing was copied");
  using tree = openTree(folder);
  using point = openIn(tree, byteNameOf("shown/point"), openFlags.pathOnly);
  // The handle counts, whatever its path leads to meanwhile.
  rmSync(shown, { recursive: true });
  symlinkSync(decoy, shown);
  expect(() => { attachMount(copied.root, point); }).toThrow("ENOENT");
  rmSync(shown);
  mkdirSync(shown);
  using again = openIn(tree, byteNameOf("shown/point"), openFlags.pathOnly);
  attachMount(copied.root, again);
  using other = openIn(tree, byteNameOf("decoy"), openFlags.pathOnly);
  attachMount(whole, other);
  // Of the root nothing that is mounted on it came along.
  expect([readdirSync(join(shown, inside)), readFileSync(join(decoy, "word"), "utf8")]).toEqual([[], "told\n"]);
  const targets = readMounts().map(({ target }) => target).filter((target) => target.startsWith(folder));
  expect(targets).toEqual([shown, decoy, join(decoy, "below")]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(copyMountsOf(program, [])).toBeUndefined();
});

test("copyMountsOf: threads that are born meanwhile, again and again, keep nobody from coming back", async () => {
  const child = spawn("unshare", ["--mount", "sleep", "1000"], { stdio: "ignore" });
  while (readlinkSync(`/proc/${child.pid ?? 0}/ns/mnt`) === readlinkSync("/proc/self/ns/mnt")) await Bun.sleep(1);
  const identity = identifyProcess(child.pid ?? 0);
  using program = identity === undefined ? undefined : ProcessHandle.open(identity);
  if (program === undefined) throw new Error("the program is not there");
  const home = readlinkSync("/proc/thread-self/ns/mnt");
  const source = URL.createObjectURL(new Blob(["postMessage(0);"]));
  for (let round = 0; round < 20; round++) {
    const born = new Worker(source);
    for (let i = 0; i < 50; i++) copyMountsOf(program, ["/"])?.[Symbol.dispose]();
    born.terminate();
  }
  expect(readlinkSync("/proc/thread-self/ns/mnt")).toBe(home);
  for (const task of readdirSync("/proc/self/task")) expect(readlinkSync(`/proc/self/task/${task}/ns/mnt`)).toBe(home);
  child.kill("SIGKILL");
});
