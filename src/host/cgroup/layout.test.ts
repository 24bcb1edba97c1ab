import { expect, test } from "bun:test";
import { parseMountInfo } from "../mount/index.ts";
import { readCgroupLayout } from "./layout.ts";

const legacy = [
  "30 24 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755",
  "31 30 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
  "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
  "33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
].join("\n");

test("readCgroupLayout: version 1, two controllers in one tree", () => {
  const layout = readCgroupLayout(parseMountInfo(legacy));
  expect(layout.version).toBe(1);
  expect(layout.treeOf("cpuacct")).toBe("/sys/fs/cgroup/cpu,cpuacct");
  expect(layout.treeOf("pids")).toBeUndefined();
  expect(layout.trees).toEqual(["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory"]);
});

test("readCgroupLayout: hybrid counts as version 1, its unified tree among the trees", () => {
  const layout = readCgroupLayout(parseMountInfo(`${legacy}\n34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`));
  expect(layout.version).toBe(1);
  expect(layout.trees).toContain("/sys/fs/cgroup/unified");
});

test("readCgroupLayout: version 2 has every controller in its one tree", () => {
  const layout = readCgroupLayout(parseMountInfo("30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"));
  expect(layout.version).toBe(2);
  expect(layout.treeOf("memory")).toBe("/sys/fs/cgroup");
});

test("readCgroupLayout: a machine without cgroups is refused", () => {
  expect(() => readCgroupLayout([])).toThrow("no cgroup file system");
});
