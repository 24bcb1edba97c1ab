import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseOsRelease, readMachine, totalMemory } from "./machine.ts";

function machineOf(files: Readonly<Record<string, string>>): ReturnType<typeof readMachine> {
  const root = mkdtempSync(join(tmpdir(), "wharf-machine-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readMachine(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test("os-release: quotes and escapes", () => {
  const parsed = parseOsRelease("NAME=Plain\nPRETTY_NAME=\"A \\\"quoted\\\" name\"\n# comment\nVERSION_ID='12'\n");
  expect(Object.fromEntries(parsed)).toEqual({ NAME: "Plain", PRETTY_NAME: 'A "quoted" name', VERSION_ID: "12" });
});

test("memory is in bytes", () => {
  expect(totalMemory("MemTotal:       1024 kB\nMemFree: 1 kB\n")).toBe(1_048_576);
});

test("a machine with version 2 cgroups", () => {
  const machine = machineOf({ "sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n", "proc/sys/net/ipv4/ip_forward": "1\n", "etc/os-release": "PRETTY_NAME=X\n" });
  expect(machine).toMatchObject({ operatingSystem: "X", forwardsIpv4: true, seccomp: false });
  expect(machine.cgroup).toEqual({
    version: 2, memory: true, swap: true, cpuQuota: true, cpuShares: true, cpuset: false, pids: true, oomKillDisable: false, ioWeight: false, cpuRealtime: false, tcpMemory: false,
  });
});

test("a machine with version 1 cgroups, and nothing else", () => {
  const machine = machineOf({ "sys/fs/cgroup/memory/memory.limit_in_bytes": "1", "sys/fs/cgroup/pids/tasks": "", "sys/fs/cgroup/cpu/cpu.rt_runtime_us": "0" });
  expect(machine.cgroup).toMatchObject({ version: 1, memory: true, swap: false, pids: true, cpuQuota: false, cpuRealtime: true, ioWeight: false, tcpMemory: false });
  expect(machine).toMatchObject({ operatingSystem: "Linux", memory: 0 });
});
