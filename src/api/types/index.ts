export type { CheckFinding, CheckReport, CheckSubject } from "./check.ts";
export type { ContainerConfig, EmptyObject, HealthConfig } from "./container-config.ts";
export type {
  DeviceMapping, DeviceRequest, HostConfig, LogConfig, PortBinding, PortMap, Resources, RestartPolicy, ThrottleDevice, Ulimit, WeightDevice,
} from "./host-config.ts";
export type {
  BindOptions, ImageOptions, Mount, MountDriver, MountPoint, MountType, TmpfsOptions, VolumeOptions,
} from "./mount.ts";
export type { EndpointIpamConfig, EndpointSettings, NetworkingConfig } from "./endpoint.ts";
export type {
  ContainerCreateBody, ContainerCreateReply, ContainerInspect, ContainerPruneReply, ContainerState, ContainerStatus, ContainerSummary,
  ContainerPathStat, ContainerTopReply, ContainerUpdateBody, ContainerUpdateReply, PortReach, ContainerWaitReply, FilesystemChange, Health, HealthcheckResult, NetworkSettings, Port,
} from "./container.ts";
export type { GraphDriver } from "./graph-driver.ts";
export type { ExecCreateBody, ExecCreateReply, ExecInspect, ExecProcessConfig, ExecStartBody } from "./exec.ts";
export type {
  ImageConfig, ImageDeleteItem, ImageDescriptor, ImageHistoryItem, ImageInspect, ImageManifestSummary, ImagePlatform, ImagePruneReply,
  ImageSummary,
} from "./image.ts";
export type { ClusterVolumeSpec, TopologySegments, Volume, VolumeCloneBody, VolumeCreateBody, VolumeListReply, VolumePruneReply } from "./volume.ts";
export type {
  Ipam, IpamConfig, Network, NetworkConnectBody, NetworkContainer, NetworkCreateBody, NetworkCreateReply, NetworkDisconnectBody, NetworkPruneReply,
} from "./network.ts";
export type { BlkioEntry, BlkioStats, ContainerStats, CpuStats, MemoryStats, NetworkStats } from "./stats.ts";
export type { EventMessage, EventType } from "./event.ts";
export type { ProgressDetail, ProgressMessage } from "./progress.ts";
export type {
  BuildCacheRecord, DataUsage, DataUsageType, IndexConfig, RegistryConfig, RuntimeInfo, SwarmInfo, SystemCommit, SystemInfo, SystemPlugins, SystemVersion, VersionComponent,
} from "./system.ts";
export type { ErrorBody } from "./error.ts";
export type {
  ContainerAttachOptions, ContainerCommitOptions, ContainerExtractOptions, ContainerFilter, ContainerListOptions, ContainerLogsOptions,
  ContainerPruneFilter, ContainerRemoveOptions,
  ContainerStatsOptions, ContainerStopOptions, EventFilter, EventsOptions, Filters, ImageFilter, ImageImportOptions, ImageListOptions, ImagePruneFilter,
  ImageRemoveOptions, NetworkFilter, NetworkPruneFilter, Platform, TerminalSize, Timestamp, VolumeFilter, VolumePruneFilter, WaitCondition,
} from "./options.ts";
export type { AuthConfig, AuthReply } from "./registry.ts";
