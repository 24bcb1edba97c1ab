import { release } from "node:os";
import type { ContainerConfig, HostConfig } from "../../api/types/index.ts";
import { environment, commandLine, processSpec } from "./process.ts";
import { resolveCapabilities } from "./capabilities.ts";
import { resolveDevices } from "./devices.ts";
import { resourcesSpec, type HostLimits } from "./resources.ts";
import type { MountSpec, NamespaceSpec, RuntimeSpec, SeccompSpec } from "./runtime-spec.ts";
import { decideProfile, type SeccompSituation } from "./seccomp-document.ts";
import { defaultSeccompProfile } from "./seccomp-profile.ts";
import { resolveSecurity, type Security } from "./security.ts";
import type { ResolvedUser } from "./user.ts";

/** A namespace of a container: its own, the host's, or that of a running process. */
export type NamespaceWish = "own" | "host" | { readonly path: string };

export interface SpecRequest {
  readonly config: ContainerConfig;
  /** Variables that tell of linked containers; those of the image and the user go before. */
  readonly linkVariables?: readonly string[];
  readonly host: HostConfig;
  readonly user: ResolvedUser;
  readonly hostname: string;
  /** Where the container's file system is mounted. */
  readonly root: string;
  readonly namespaces: {
    /** "host", or the path of the namespace that the engine made. */
    readonly network: "host" | { readonly path: string };
    readonly pid: NamespaceWish;
    readonly ipc: NamespaceWish;
    readonly uts: NamespaceWish;
  };
  /** Files, volumes and folders, in the order in which they are mounted, after the container's own /proc, /dev and /sys. */
  readonly mounts: readonly MountSpec[];
  /** The container's shared memory on the host; undefined: a tmpfs of its own. */
  readonly sharedMemory?: string;
  readonly cgroupPath: string;
  readonly limits: HostLimits;
  readonly availableCapabilities: ReadonlySet<string>;
  /** A program that is started first and reaps (`--init`), as seen by the container. */
  readonly initPath?: string;
  /** Go's name for it: amd64, arm64. */
  readonly architecture: string;
}

const defaultShmSize = 64 * 1024 * 1024;

const maskedPaths: readonly string[] = [
  "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
  "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
];
const readonlyPaths: readonly string[] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The runtime's configuration for a container (OCI runtime-spec, config.md). */
export function runtimeSpec(request: SpecRequest): RuntimeSpec {
  const { config, host, user, namespaces } = request;
  const security = resolveSecurity(host);
  const capabilities = resolveCapabilities({
    add: host.CapAdd ?? [], drop: host.CapDrop ?? [], privileged: host.Privileged, available: request.availableCapabilities,
  });
  const devices = resolveDevices(host.Devices ?? [], host.DeviceCgroupRules ?? [], host.Privileged);
  const command = commandLine(config);
  const seccomp = seccompOf(security, { capabilities, architecture: request.architecture, kernel: release() });
  return {
    ociVersion: "1.0.2",
    process: processSpec({
      args: request.initPath === undefined ? command : [request.initPath, "--", ...command],
      env: environment({ links: request.linkVariables ?? [], config: config.Env ?? [], hostname: request.hostname, tty: config.Tty, home: user.home }),
      cwd: config.WorkingDir,
      tty: config.Tty,
      consoleSize: host.ConsoleSize,
      user,
      capabilities,
      noNewPrivileges: security.noNewPrivileges,
      ulimits: host.Ulimits ?? [],
      oomScoreAdj: host.OomScoreAdj,
      ...(security.apparmor === undefined ? {} : { apparmorProfile: security.apparmor }),
    }),
    root: { path: request.root, readonly: host.ReadonlyRootfs },
    ...(namespaces.uts === "own" ? { hostname: request.hostname } : {}),
    mounts: [...ownMounts(request).filter((mount) => !isCovered(mount, request.mounts)), ...request.mounts],
    ...(host.Annotations === undefined ? {} : { annotations: host.Annotations }),
    linux: {
      namespaces: namespaceSpecs(request),
      cgroupsPath: request.cgroupPath,
      resources: resourcesSpec(host, devices.rules, request.limits),
      devices: devices.nodes,
      maskedPaths: host.MaskedPaths ?? (security.systemPathsUnconfined ? [] : maskedPaths),
      readonlyPaths: host.ReadonlyPaths ?? (security.systemPathsUnconfined ? [] : readonlyPaths),
      ...rootPropagation(request.mounts),
      ...(seccomp === undefined ? {} : { seccomp }),
      sysctl: sysctls(request),
    },
  };
}

function seccompOf({ seccomp: wish }: Security, situation: SeccompSituation): SeccompSpec | undefined {
  if (wish === "unconfined") return undefined;
  return wish === "default" ? defaultSeccompProfile(situation.capabilities, situation.architecture) : decideProfile(wish, situation);
}

/** Whether the user mounts something of their own there; over /dev, also over what would lie in it. */
function isCovered({ destination }: MountSpec, mounts: readonly MountSpec[]): boolean {
  return mounts.some((mount) => mount.destination === destination || (mount.destination === "/dev" && destination.startsWith("/dev/")));
}

/** A mount passes on and receives only what the root of its namespace does not keep from it. */
function rootPropagation(mounts: readonly MountSpec[]): { rootfsPropagation?: string } {
  const options = new Set(mounts.flatMap((mount) => mount.options));
  if (options.has("shared") || options.has("rshared")) return { rootfsPropagation: "shared" };
  return options.has("slave") || options.has("rslave") ? { rootfsPropagation: "rslave" } : {};
}

function namespaceSpecs({ namespaces, host, limits }: SpecRequest): NamespaceSpec[] {
  const specs: NamespaceSpec[] = [{ type: "mount" }];
  if (namespaces.network !== "host") specs.push({ type: "network", path: namespaces.network.path });
  for (const type of ["pid", "ipc", "uts"] as const) {
    const wish = namespaces[type];
    if (wish !== "host") specs.push(wish === "own" ? { type } : { type, path: wish.path });
  }
  // docker's default: a private view of a v2 tree, and the host's of a v1 tree.
  const mode = host.CgroupnsMode === "" ? (limits.cgroupVersion === 2 && !host.Privileged ? "private" : "host") : host.CgroupnsMode;
  if (mode === "private") specs.push({ type: "cgroup" });
  return specs;
}

/**
 * docker's own, where the container has the namespace that they belong to. The domain name is one of them, since not
 * every runtime knows it by name.
 */
function sysctls({ config, host, namespaces }: SpecRequest): Readonly<Record<string, string>> {
  const network = namespaces.network === "host" ? {} : { "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647" };
  const domain = namespaces.uts !== "own" || config.Domainname === "" ? {} : { "kernel.domainname": config.Domainname };
  return { ...network, ...domain, ...host.Sysctls };
}

function ownMounts({ host, sharedMemory }: SpecRequest): MountSpec[] {
  const writable = host.Privileged ? "rw" : "ro";
  const size = host.ShmSize > 0 ? host.ShmSize : defaultShmSize;
  // With the host's IPC namespace, /dev/mqueue shows the host's queues: the kernel keeps them by namespace.
  const mounts: MountSpec[] = [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", writable] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [writable, "nosuid", "noexec", "nodev"] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  ];
  if (host.IpcMode === "none") return mounts;
  mounts.push(
    sharedMemory === undefined
      ? { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", `size=${size}`] }
      : { destination: "/dev/shm", type: "bind", source: sharedMemory, options: ["rbind", "rprivate"] },
  );
  return mounts;
}
