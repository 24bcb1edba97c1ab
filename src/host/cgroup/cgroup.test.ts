import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cgroup } from "./cgroup.ts";
import type { CgroupLayout } from "./layout.ts";
import { readUsage } from "./usage.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cgroup-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function layoutOf(version: 1 | 2): CgroupLayout {
  return version === 2 ? { version, trees: [folder], treeOf: () => folder } : { version, trees: [folder], treeOf: (controller) => join(folder, controller) };
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

test("Cgroup: version 2 files", () => {
  write({
    "a/b/io.stat": "8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0\n",
    "a/b/memory.events": "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n",
    "a/b/memory.current": "4096\n",
    "a/b/memory.max": "max\n",
    "a/b/memory.stat": "anon 1\ninactive_file 1024\n",
    "a/b/cpu.stat": "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 4\nnr_throttled 2\nthrottled_usec 7\n",
    "a/b/pids.current": "3\n",
    "a/b/pids.max": "100\n",
  });
  const group = new Cgroup(layoutOf(2), "/a/b");
  expect(group.oomKills()).toBe(2);
  expect(readUsage(group, layoutOf(2))).toEqual({
    cpu: { total: 30_000, user: 20_000, system: 10_000, perProcessor: undefined, throttling: { periods: 4, throttledPeriods: 2, throttledTime: 7000 } },
    memory: { usage: 4096, highest: undefined, failures: 3, limit: undefined, details: { anon: 1, inactive_file: 1024 } },
    pids: { current: 3, limit: 100 },
    io: {
      bytes: [{ major: 8, minor: 0, operation: "read", value: 4096 }, { major: 8, minor: 0, operation: "write", value: 512 }],
      operations: undefined,
    },
  });
});

test("Cgroup: version 1 files", () => {
  write({
    "memory/a/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
    "memory/a/memory.usage_in_bytes": "8192\n",
    "memory/a/memory.limit_in_bytes": "9223372036854771712\n",
    "memory/a/memory.stat": "inactive_file 1\ntotal_inactive_file 512\n",
    "memory/a/memory.max_usage_in_bytes": "16384\n",
    "memory/a/memory.failcnt": "2\n",
    "cpuacct/a/cpuacct.usage": "123456789\n",
    "cpuacct/a/cpuacct.usage_percpu": "100000000 23456789 \n",
    "cpu/a/cpu.stat": "nr_periods 4\nnr_throttled 2\nthrottled_time 7000\n",
    "blkio/a/blkio.throttle.io_service_bytes_recursive": "254:0 Read 4096\n254:0 Total 4096\nTotal 4096\n",
    "blkio/a/blkio.throttle.io_serviced": "254:0 Read 1\nTotal 1\n",
    "cpuacct/a/cpuacct.stat": "user 2\nsystem 1\n",
    "pids/a/pids.current": "1\n",
    "pids/a/pids.max": "max\n",
  });
  const group = new Cgroup(layoutOf(1), "/a");
  expect(group.oomKills()).toBe(1);
  expect(readUsage(group, layoutOf(1))).toEqual({
    cpu: {
      total: 123_456_789, user: 20_000_000, system: 10_000_000, perProcessor: [100_000_000, 23_456_789],
      throttling: { periods: 4, throttledPeriods: 2, throttledTime: 7000 },
    },
    memory: { usage: 8192, highest: 16_384, failures: 2, limit: undefined, details: { inactive_file: 1, total_inactive_file: 512 } },
    pids: { current: 1, limit: undefined },
    io: {
      bytes: [{ major: 254, minor: 0, operation: "Read", value: 4096 }, { major: 254, minor: 0, operation: "Total", value: 4096 }],
      operations: [{ major: 254, minor: 0, operation: "Read", value: 1 }],
    },
  });
});

test("Cgroup: a group that is gone has used nothing", () => {
  const group = new Cgroup(layoutOf(2), "/gone");
  expect(group.exists).toBe(false);
  expect(group.oomKills()).toBe(0);
  expect(group.processes()).toEqual([]);
  expect(group.remove()).toBe(true);
  expect(readUsage(group, layoutOf(2))).toEqual({ cpu: undefined, memory: undefined, pids: undefined, io: undefined });
});

test("Cgroup: a path that could name another's group is refused", () => {
  for (const path of ["/", "a", "/../a", ""]) expect(() => new Cgroup(layoutOf(2), path)).toThrow("no path of a cgroup");
});
