/*
 * The part of the OCI runtime specification (runtime-spec 1.0.2, config.md and config-linux.md) that wharf writes.
 */

export interface RuntimeSpec {
  readonly ociVersion: "1.0.2";
  readonly process: ProcessSpec;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname?: string;
  readonly mounts: readonly MountSpec[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: LinuxSpec;
  /** Programs of the host that the runtime runs at points of the container's life, by the points' names. */
  readonly hooks?: Readonly<Record<string, readonly HookSpec[]>>;
}

export interface HookSpec {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

/** Also the whole of what an exec is started with. */
export interface ProcessSpec {
  readonly terminal: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[] };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: CapabilitySets;
  readonly rlimits?: readonly LimitSpec[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj?: number;
  readonly apparmorProfile?: string;
}

export interface LimitSpec {
  readonly type: string;
  readonly hard: number | Unlimited;
  readonly soft: number | Unlimited;
}

declare global {
  interface JSON {
    /** Stands for a primitive with this very text (ECMAScript 2026), which the compiler's library does not know yet. */
    rawJSON(text: string): Unlimited;
  }
}

/** A number that only JSON can hold. */
export interface Unlimited {
  readonly rawJSON: string;
}

/** RLIM_INFINITY, 2^64 - 1, which as a number of JavaScript would come out larger than the runtime can read. */
export const unlimited: Unlimited = JSON.rawJSON("18446744073709551615");

export interface CapabilitySets {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

export interface MountSpec {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

export interface NamespaceSpec {
  readonly type: "pid" | "network" | "mount" | "ipc" | "uts" | "user" | "cgroup";
  readonly path?: string;
}

export interface DeviceSpec {
  readonly path: string;
  readonly type: "c" | "b" | "p";
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface DeviceRule {
  readonly allow: boolean;
  readonly type?: "a" | "b" | "c";
  readonly major?: number;
  readonly minor?: number;
  readonly access: string;
}

export interface ResourcesSpec {
  readonly devices: readonly DeviceRule[];
  readonly memory?: {
    readonly limit?: number;
    readonly reservation?: number;
    readonly swap?: number;
    readonly swappiness?: number;
    readonly disableOOMKiller?: boolean;
    readonly kernelTCP?: number;
  };
  readonly cpu?: {
    readonly shares?: number;
    readonly quota?: number;
    readonly period?: number;
    readonly realtimeRuntime?: number;
    readonly realtimePeriod?: number;
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit: number };
  readonly blockIO?: BlockIoSpec;
}

export interface BlockIoSpec {
  readonly weight?: number;
  readonly weightDevice?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[];
  readonly throttleReadBpsDevice?: readonly ThrottleSpec[];
  readonly throttleWriteBpsDevice?: readonly ThrottleSpec[];
  readonly throttleReadIOPSDevice?: readonly ThrottleSpec[];
  readonly throttleWriteIOPSDevice?: readonly ThrottleSpec[];
}

export interface ThrottleSpec {
  readonly major: number;
  readonly minor: number;
  readonly rate: number;
}

export interface SeccompSpec {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
}

export interface LinuxSpec {
  readonly namespaces: readonly NamespaceSpec[];
  readonly cgroupsPath: string;
  readonly resources: ResourcesSpec;
  readonly devices: readonly DeviceSpec[];
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly rootfsPropagation?: string;
  readonly seccomp?: SeccompSpec;
  readonly sysctl?: Readonly<Record<string, string>>;
}
