import { expect, test } from "bun:test";
import { SystemService, type SystemOptions } from "./index.ts";

const options: SystemOptions = {
  id: "an-id", engineVersion: "1.2.3", commit: "abc", dataRoot: "/data", runtimes: { crun: { path: "/usr/bin/crun" } }, defaultRuntime: "crun",
  storage: { driver: "overlay2", status: [["Backing Filesystem", "extfs"]] }, logDrivers: ["json-file"], defaultLogDriver: "json-file", networkDrivers: ["bridge", "host", "null"],
  volumeDrivers: ["local"], cdiFolders: ["/etc/cdi"], initBinary: "", isDebugging: false,
  counts: () => ({ running: 1, paused: 2, stopped: 3, images: 4, eventListeners: 5 }),
  events: () => Promise.reject(new Error("not asked for")),
  check: () => Promise.reject(new Error("not asked for")),
  dataUsage: () => Promise.reject(new Error("not asked for")),
};

test("info counts from memory and looks at the machine", async () => {
  const info = await new SystemService(options).info();
  expect(info).toMatchObject({ Containers: 6, ContainersRunning: 1, ContainersPaused: 2, ContainersStopped: 3, Images: 4, NEventsListener: 5, OSType: "linux" });
  expect(info.NCPU).toBeGreaterThan(0);
  expect(info.MemTotal).toBeGreaterThan(0);
});

test("info warns of limits that the machine cannot set", async () => {
  const cgroup = { version: 2, memory: false, swap: false, cpuQuota: true, cpuShares: true, cpuset: true, pids: true, oomKillDisable: false, ioWeight: false, cpuRealtime: false, tcpMemory: false } as const;
  const machine = () => ({
    hostname: "h", kernelVersion: "6", operatingSystem: "X", operatingSystemVersion: "1", architecture: "x86_64", imageArchitecture: "amd64", processors: 1,
    memory: 1, forwardsIpv4: false, seccomp: true, cgroup,
  });
  const info = await new SystemService({ ...options, machine }).info();
  expect(info.Warnings).toEqual(["WARNING: No memory limit support", "WARNING: No swap limit support", "WARNING: IPv4 forwarding is disabled"]);
  expect(info.SecurityOptions).toEqual(["name=seccomp,profile=builtin", "name=cgroupns"]);
});

test("version tells the engine's and the API's", async () => {
  expect(await new SystemService(options).version()).toMatchObject({ Version: "1.2.3", ApiVersion: "1.50", MinAPIVersion: "1.24", Os: "linux", GitCommit: "abc" });
});
