import { afterAll, expect, test } from "bun:test";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cgroup, destroyLeftovers, Freezer, MoveQuickener, readCgroupLayout, type CgroupLayout } from "../../src/host/cgroup/index.ts";
import { Poller } from "../../src/host/poll/index.ts";

// A new group of version 1's cpuset takes no process before it is configured.
const whole = readCgroupLayout();
const layout = { ...whole, trees: whole.trees.filter((tree) => !tree.endsWith("/cpuset")) };
const parent = `/wharf-test-${process.pid}`;
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  using poller = new Poller();
  await new Cgroup(layout, parent).destroy(poller);
  for (const tree of layout.trees) expect(existsSync(join(tree, parent))).toBe(false);
});

function makeGroup(name: string): Cgroup {
  const group = new Cgroup(layout, `${parent}/${name}`);
  for (const tree of layout.trees) mkdirSync(join(tree, group.path), { recursive: true });
  return group;
}

/** A program in the group that starts others. */
function startIn(group: Cgroup): number {
  const child = spawn("/bin/sh", ["-c", "read go; sleep 1000 & sleep 1000 & wait"], { stdio: ["pipe", "ignore", "ignore"] });
  children.push(child);
  const pid = child.pid ?? 0;
  for (const folder of group.folders()) writeFileSync(join(folder, "cgroup.procs"), String(pid));
  child.stdin.write("\n");
  return pid;
}

test("destroyLeftovers: kills and removes what nobody keeps, with groups inside, and nothing else", async () => {
  using poller = new Poller();
  const kept = makeGroup("kept");
  const left = makeGroup("left");
  const keptPid = startIn(kept);
  startIn(left);
  for (const tree of layout.trees) mkdirSync(join(tree, left.path, "inside"));
  startIn(new Cgroup(layout, `${left.path}/inside`));
  expect(kept.processes()).toContain(keptPid);
  expect(left.remove()).toBe(false);
  const gone = await destroyLeftovers(new Cgroup(layout, parent), layout, { keep: new Set(["kept"]), poller });
  expect(gone).toEqual(["left"]);
  expect(left.exists).toBe(false);
  expect(kept.processes()).toContain(keptPid);
}, 60_000);

test("destroy: what is frozen goes as well", async () => {
  using poller = new Poller();
  const group = makeGroup("frozen");
  startIn(group);
  const freezer = layout.treeOf("freezer") ?? "";
  if (layout.version === 1) writeFileSync(join(freezer, group.path, "freezer.state"), "FROZEN");
  else writeFileSync(join(freezer, group.path, "cgroup.freeze"), "1");
  await group.destroy(poller);
  expect(group.exists).toBe(false);
}, 60_000);

function stateOf(pid: number): string {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
}

/** Its processor time, in clock ticks. */
function timeOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

const unified = whole.version === 2 ? whole.trees[0] : whole.trees.find((tree) => existsSync(join(tree, "cgroup.controllers")));
const layouts: readonly CgroupLayout[] = [
  ...(whole.version === 1 ? [layout] : []),
  ...(unified === undefined ? [] : [{ version: 2, trees: [unified], treeOf: () => unified } as const]),
];

test.each(layouts.map((each) => [each.version, each] as const))("Freezer: in version %i busy processes stop, and go on", async (_, each) => {
  using poller = new Poller();
  const group = new Cgroup(each, `${parent}/busy-${each.version}`);
  for (const tree of each.trees) mkdirSync(join(tree, group.path), { recursive: true });
  const child = spawn("/bin/sh", ["-c", "read go; while :; do :; done & while :; do :; done"], { stdio: ["pipe", "ignore", "ignore"] });
  children.push(child);
  const pid = child.pid ?? 0;
  for (const folder of group.folders()) writeFileSync(join(folder, "cgroup.procs"), String(pid));
  child.stdin.write("\n");
  const freezer = new Freezer(group, each);
  expect(freezer.isFrozen).toBe(false);
  await freezer.freeze(poller);
  expect(freezer.isFrozen).toBe(true);
  const stopped = timeOf(pid);
  expect(stateOf(pid)).not.toBe("R");
  await Bun.sleep(50);
  expect(timeOf(pid)).toBe(stopped);
  freezer.thaw();
  expect(freezer.isFrozen).toBe(false);
  while (timeOf(pid) === stopped) await Bun.sleep(5);
  const freezing = freezer.freeze(poller);
  freezer.thaw();
  expect(await freezing.catch((error: unknown) => error)).toMatchObject({ kind: "conflict" });
  expect(freezer.isFrozen).toBe(false);
  await group.destroy(poller);
  freezer.thaw();
  expect(await freezer.freeze(poller).catch((error: unknown) => error)).toMatchObject({ kind: "unsupported" });
}, 60_000);

test("MoveQuickener: the process stays in the groups it is in", async () => {
  const before = readFileSync("/proc/self/cgroup", "utf8");
  using quickener = new MoveQuickener(layout);
  await Promise.all([quickener.quicken(), quickener.quicken()]);
  await quickener.quicken();
  expect(readFileSync("/proc/self/cgroup", "utf8")).toBe(before);
}, 60_000);
