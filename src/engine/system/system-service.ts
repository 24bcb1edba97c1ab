import { formatApiVersion, newestApiVersion, oldestApiVersion } from "../../api/operations/index.ts";
import type { RuntimeInfo, SystemInfo, SystemVersion } from "../../api/types/index.ts";
import { openDescriptors, readMachine, type Machine } from "../../host/machine/index.ts";
import type { SystemBackend } from "../server/index.ts";

/** How many there are, from memory. */
export interface SystemCounts {
  readonly running: number;
  readonly paused: number;
  readonly stopped: number;
  readonly images: number;
  readonly eventListeners: number;
}

export interface SystemOptions {
  /** Stays the same for a data root. */
  readonly id: string;
  readonly engineVersion: string;
  /** Empty where it was not built from a commit. */
  readonly commit: string;
  readonly dataRoot: string;
  readonly runtimes: Readonly<Record<string, RuntimeInfo>>;
  readonly defaultRuntime: string;
  readonly storage: { readonly driver: string; readonly status: readonly (readonly [string, string])[] };
  readonly logDrivers: readonly string[];
  readonly defaultLogDriver: string;
  readonly networkDrivers: readonly string[];
  readonly volumeDrivers: readonly string[];
  readonly cdiFolders: readonly string[];
  /** The program that `--init` puts first; empty when there is none. */
  readonly initBinary: string;
  readonly isDebugging: boolean;
  readonly counts: () => SystemCounts;
  readonly events: SystemBackend["events"];
  readonly dataUsage: SystemBackend["dataUsage"];
  readonly check: SystemBackend["check"];
  /** Another machine in tests. */
  readonly machine?: () => Machine;
}

/** What the engine tells of itself and of the machine. */
export class SystemService implements SystemBackend {
  private readonly options: SystemOptions;

  constructor(options: SystemOptions) {
    this.options = options;
  }

  version(): Promise<SystemVersion> {
    const { engineVersion: Version, commit: GitCommit } = this.options;
    const machine = this.machine();
    const details = {
      ApiVersion: formatApiVersion(newestApiVersion),
      MinAPIVersion: formatApiVersion(oldestApiVersion),
      GitCommit,
      Os: "linux",
      Arch: machine.imageArchitecture,
      KernelVersion: machine.kernelVersion,
    };
    return Promise.resolve({
      Platform: { Name: "wharf" },
      Components: [
        { Name: "Engine", Version, Details: { ...details, GoVersion: `bun${Bun.version}`, BuildTime: "", Experimental: "false" } },
      ],
      ...details,
      Version,
      GoVersion: `bun${Bun.version}`,
      BuildTime: "",
    });
  }

  info(): Promise<SystemInfo> {
    const machine = this.machine();
    return Promise.resolve({ ...this.engineInfo(machine), ...this.fixedInfo(), ...machineInfo(machine) });
  }

  check: SystemBackend["check"] = (options, signal) => this.options.check(options, signal);

  dataUsage: SystemBackend["dataUsage"] = (types, signal) => this.options.dataUsage(types, signal);

  events: SystemBackend["events"] = (options, signal) => this.options.events(options, signal);

  private engineInfo(machine: Machine): Pick<SystemInfo, EngineField> {
    const { running, paused, stopped, images, eventListeners } = this.options.counts();
    const { storage, runtimes, networkDrivers, volumeDrivers, logDrivers } = this.options;
    return {
      ID: this.options.id,
      Containers: running + paused + stopped,
      ContainersRunning: running,
      ContainersPaused: paused,
      ContainersStopped: stopped,
      Images: images,
      Driver: storage.driver,
      DriverStatus: storage.status,
      Plugins: { Volume: volumeDrivers, Network: networkDrivers, Authorization: null, Log: logDrivers },
      Debug: this.options.isDebugging,
      NFd: openDescriptors(),
      NEventsListener: eventListeners,
      DockerRootDir: this.options.dataRoot,
      ServerVersion: this.options.engineVersion,
      Runtimes: runtimes,
      DefaultRuntime: this.options.defaultRuntime,
      InitBinary: this.options.initBinary,
      Warnings: warningsOf(machine),
    };
  }

  /** What this engine always is: in no swarm, without a daemon below it, and its containers outlive it. */
  private fixedInfo(): Pick<SystemInfo, FixedField> {
    return {
      NGoroutines: 1,
      SystemTime: new Date().toISOString(),
      LoggingDriver: this.options.defaultLogDriver,
      CgroupDriver: "cgroupfs",
      IndexServerAddress: "https://index.docker.io/v1/",
      RegistryConfig: { InsecureRegistryCIDRs: ["::1/128", "127.0.0.0/8"], IndexConfigs: {}, Mirrors: null },
      GenericResources: null,
      HttpProxy: "",
      HttpsProxy: "",
      NoProxy: "",
      Labels: [],
      ExperimentalBuild: false,
      Swarm: { NodeID: "", NodeAddr: "", LocalNodeState: "inactive", ControlAvailable: false, Error: "", RemoteManagers: null },
      LiveRestoreEnabled: true,
      Isolation: "",
      ContainerdCommit: { ID: "" },
      RuncCommit: { ID: "" },
      InitCommit: { ID: "" },
      CDISpecDirs: this.options.cdiFolders,
    };
  }

  private machine(): Machine {
    return (this.options.machine ?? readMachine)();
  }
}

type EngineField =
  | "ID" | "Containers" | "ContainersRunning" | "ContainersPaused" | "ContainersStopped" | "Images" | "Driver" | "DriverStatus" | "Plugins" | "Debug"
  | "NFd" | "NEventsListener" | "DockerRootDir" | "ServerVersion" | "Runtimes" | "DefaultRuntime" | "InitBinary" | "Warnings";
type MachineField =
  | "MemoryLimit" | "SwapLimit" | "CpuCfsPeriod" | "CpuCfsQuota" | "CPUShares" | "CPUSet" | "PidsLimit" | "OomKillDisable" | "IPv4Forwarding"
  | "CgroupVersion" | "KernelVersion" | "OperatingSystem" | "OSVersion" | "OSType" | "Architecture" | "NCPU" | "MemTotal" | "Name" | "SecurityOptions";
type FixedField = Exclude<keyof SystemInfo, EngineField | MachineField>;

function machineInfo(machine: Machine): Pick<SystemInfo, MachineField> {
  const { cgroup } = machine;
  const cgroupNamespace = cgroup.version === 2 ? ["name=cgroupns"] : [];
  return {
    MemoryLimit: cgroup.memory,
    SwapLimit: cgroup.swap,
    CpuCfsPeriod: cgroup.cpuQuota,
    CpuCfsQuota: cgroup.cpuQuota,
    CPUShares: cgroup.cpuShares,
    CPUSet: cgroup.cpuset,
    PidsLimit: cgroup.pids,
    OomKillDisable: cgroup.oomKillDisable,
    IPv4Forwarding: machine.forwardsIpv4,
    CgroupVersion: String(cgroup.version),
    KernelVersion: machine.kernelVersion,
    OperatingSystem: machine.operatingSystem,
    OSVersion: machine.operatingSystemVersion,
    OSType: "linux",
    Architecture: machine.architecture,
    NCPU: machine.processors,
    MemTotal: machine.memory,
    Name: machine.hostname,
    SecurityOptions: [...machine.seccomp ? ["name=seccomp,profile=builtin"] : [], ...cgroupNamespace],
  };
}

/** In docker's words: what was asked for and cannot be done here. */
function warningsOf({ cgroup, forwardsIpv4 }: Machine): readonly string[] | null {
  const warnings = [
    cgroup.memory ? "" : "WARNING: No memory limit support",
    cgroup.swap ? "" : "WARNING: No swap limit support",
    cgroup.cpuQuota ? "" : "WARNING: No cpu cfs quota support",
    cgroup.cpuShares ? "" : "WARNING: No cpu shares support",
    cgroup.cpuset ? "" : "WARNING: No cpuset support",
    cgroup.pids ? "" : "WARNING: No pids limit support",
    forwardsIpv4 ? "" : "WARNING: IPv4 forwarding is disabled",
  ].filter((warning) => warning !== "");
  return warnings.length === 0 ? null : warnings;
}
