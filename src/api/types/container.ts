import type { ContainerConfig } from "./container-config.ts";
import type { EndpointSettings, NetworkingConfig } from "./endpoint.ts";
import type { HostConfig, PortMap, Resources, RestartPolicy } from "./host-config.ts";
import type { GraphDriver } from "./graph-driver.ts";
import type { MountPoint } from "./mount.ts";
import type { ImageDescriptor } from "./image.ts";

/** Body of `POST /containers/create`, every field there. */
export interface ContainerCreateBody extends ContainerConfig {
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig: NetworkingConfig;
}

export interface ContainerCreateReply {
  readonly Id: string;
  readonly Warnings: readonly string[];
}

export type ContainerStatus = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export interface ContainerState {
  readonly Status: ContainerStatus;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly Dead: boolean;
  readonly Pid: number;
  readonly ExitCode: number;
  readonly Error: string;
  /** RFC 3339 with nanoseconds; "0001-01-01T00:00:00Z" for never. */
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly Health?: Health;
}

export interface Health {
  readonly Status: "none" | "starting" | "healthy" | "unhealthy";
  readonly FailingStreak: number;
  readonly Log: readonly HealthcheckResult[] | null;
}

export interface HealthcheckResult {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

/** Reply of `GET /containers/{id}/json`, in the shape of v1.50; older shapes are made by the server. */
export interface ContainerInspect {
  readonly Id: string;
  readonly Created: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: ContainerState;
  readonly Image: string;
  readonly ResolvConfPath: string;
  readonly HostnamePath: string;
  readonly HostsPath: string;
  readonly LogPath: string;
  /** With the leading slash. */
  readonly Name: string;
  readonly RestartCount: number;
  readonly Driver: string;
  readonly Platform: string;
  readonly ImageManifestDescriptor?: ImageDescriptor;
  readonly MountLabel: string;
  readonly ProcessLabel: string;
  readonly AppArmorProfile: string;
  readonly ExecIDs: readonly string[] | null;
  readonly HostConfig: HostConfig;
  readonly GraphDriver: GraphDriver;
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Mounts: readonly MountPoint[];
  readonly Config: ContainerConfig;
  readonly NetworkSettings: NetworkSettings;
}

/** `Bridge` and the fields after `Ports` mirror the default network, as old clients expect them. */
export interface NetworkSettings {
  readonly Bridge: string;
  readonly SandboxID: string;
  readonly SandboxKey: string;
  readonly Ports: PortMap;
  readonly HairpinMode: boolean;
  readonly LinkLocalIPv6Address: string;
  readonly LinkLocalIPv6PrefixLen: number;
  readonly SecondaryIPAddresses: null;
  readonly SecondaryIPv6Addresses: null;
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
  readonly Networks: Readonly<Record<string, EndpointSettings>>;
}

/** One row of `GET /containers/json`. */
export interface ContainerSummary {
  readonly Id: string;
  /** With the leading slash. */
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly ImageManifestDescriptor?: ImageDescriptor;
  readonly Command: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  readonly Ports: readonly Port[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: ContainerStatus;
  /** For people: "Up 2 minutes", "Exited (0) 3 seconds ago". */
  readonly Status: string;
  readonly HostConfig: { readonly NetworkMode: string; readonly Annotations?: Readonly<Record<string, string>> };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, EndpointSettings>> };
  readonly Mounts: readonly MountPoint[];
}

export interface Port {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: "tcp" | "udp" | "sctp";
}

/** Reply of `POST /containers/{id}/wait`. */
export interface ContainerWaitReply {
  readonly StatusCode: number;
  readonly Error?: { readonly Message: string };
}

export interface ContainerTopReply {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}

/** Body of `POST /containers/{id}/update`: what is zero or empty stays as it is. */
export interface ContainerUpdateBody extends Resources {
  /** Without a name it stays. */
  readonly RestartPolicy: RestartPolicy;
  /** These are wharf's own. */
  readonly AddLabels: Readonly<Record<string, string>> | null;
  readonly RemoveLabels: readonly string[] | null;
  /** More published ports, as in HostConfig.PortBindings. */
  readonly AddPorts: PortMap | null;
  /** Fewer: an empty host address or port stands for any, no binding for every binding of the port. */
  readonly RemovePorts: PortMap | null;
}

/** Of `GET /containers/{id}/reach`, which is wharf's own: who can reach a published port, and through which rule. */
export interface PortReach extends Required<Port> {
  /** Address and port of the container that it leads to; empty where it leads nowhere. */
  readonly Target: string;
  /** The firewall's rule, as nft shows it. */
  readonly Rule: string;
  /** The kernel has the rule. */
  readonly IsInForce: boolean;
  /** The engine holds the port, so that no other program can have it. */
  readonly IsHeld: boolean;
  /** Who reaches it, in sentences. */
  readonly From: readonly string[];
  /** Rules of others that may be in the way. */
  readonly Obstacles: readonly string[];
}

export interface ContainerUpdateReply {
  readonly Warnings: readonly string[];
}

export interface ContainerPruneReply {
  readonly ContainersDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}

/** Kind: 0 changed, 1 added, 2 deleted. */
/** What the header X-Docker-Container-Path-Stat says of a path in a container, as JSON in base64. */
export interface ContainerPathStat {
  readonly name: string;
  readonly size: number;
  /** As Go keeps it: permissions in the lowest nine bits, what kind of file it is in the highest ones. */
  readonly mode: number;
  /** RFC 3339. */
  readonly mtime: string;
  /** Of a link: the path that it leads to in the end, which need not be there; empty for all else. */
  readonly linkTarget: string;
}

export interface FilesystemChange {
  readonly Path: string;
  /** Modified, added, deleted. */
  readonly Kind: 0 | 1 | 2;
}
