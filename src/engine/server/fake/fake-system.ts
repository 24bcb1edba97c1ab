import type { SystemInfo, SystemVersion } from "../../../api/types/index.ts";

export const fakeVersion: SystemVersion = {
  Platform: { Name: "wharf" },
  Components: [{ Name: "Engine", Version: "0.1.0", Details: { ApiVersion: "1.50" } }],
  Version: "0.1.0",
  ApiVersion: "",
  MinAPIVersion: "",
  GitCommit: "",
  GoVersion: "",
  Os: "linux",
  Arch: "amd64",
  KernelVersion: "6.1",
  BuildTime: "",
};

export const fakeInfo: SystemInfo = {
  ID: "one", Containers: 1, ContainersRunning: 0, ContainersPaused: 0, ContainersStopped: 1, Images: 1, Driver: "overlay2",
  DriverStatus: [["Backing Filesystem", "extfs"]], Plugins: { Volume: ["local"], Network: ["bridge"], Authorization: null, Log: ["json-file"] },
  MemoryLimit: true, SwapLimit: true, CpuCfsPeriod: true, CpuCfsQuota: true, CPUShares: true, CPUSet: true, PidsLimit: true, IPv4Forwarding: true,
  Debug: false, NFd: 1, OomKillDisable: false, NGoroutines: 1, SystemTime: "2024-01-02T03:04:05Z", LoggingDriver: "json-file", CgroupDriver: "cgroupfs",
  CgroupVersion: "1", NEventsListener: 0, KernelVersion: "6.1", OperatingSystem: "Fake", OSVersion: "1", OSType: "linux", Architecture: "x86_64",
  IndexServerAddress: "https://index.docker.io/v1/", RegistryConfig: null, NCPU: 2, MemTotal: 1024, GenericResources: null, DockerRootDir: "/var/lib/wharf",
  HttpProxy: "", HttpsProxy: "", NoProxy: "", Name: "host", Labels: [], ExperimentalBuild: false, ServerVersion: "0.1.0", Runtimes: { crun: { path: "crun" } },
  DefaultRuntime: "crun", Swarm: { NodeID: "", NodeAddr: "", LocalNodeState: "inactive", ControlAvailable: false, Error: "", RemoteManagers: null },
  LiveRestoreEnabled: true, Isolation: "", InitBinary: "", ContainerdCommit: { ID: "" }, RuncCommit: { ID: "" }, InitCommit: { ID: "" },
  SecurityOptions: ["name=seccomp,profile=builtin"], CDISpecDirs: [], Warnings: null,
};
