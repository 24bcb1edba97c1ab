import {
  array, boolean, int64, nullable, object, optional, record, string, uint16, uint32, uint64, type Decoder, type Fields,
} from "../decode/index.ts";
import type {
  ContainerUpdateBody, DeviceMapping, DeviceRequest, HostConfig, LogConfig, PortBinding, Resources, RestartPolicy, ThrottleDevice, Ulimit, WeightDevice,
} from "../types/index.ts";
import { mount } from "./mount.ts";

const strings = nullable(array(string));
const stringMap = record(string);
const throttles = nullable(array(object<ThrottleDevice>({ Path: string, Rate: uint64 })));

/** One string is a list of one. */
const capabilities: Decoder<readonly string[] | null> = (value, path) => (typeof value === "string" ? [value] : strings(value, path));

const optionalMap: Decoder<Readonly<Record<string, string>> | undefined> = (value, path) => {
  const map = stringMap(value, path);
  return Object.keys(map).length === 0 ? undefined : map;
};

/** Height and width; a shorter list is filled up with 0 and a longer one cut, as docker reads it. */
export const consoleSize: Decoder<readonly [number, number]> = (value, path) => {
  const [height = 0, width = 0] = array(uint32)(value, path);
  return [height, width];
};

const resourceFields: Fields<Resources> = {
  CpuShares: int64,
  Memory: int64,
  NanoCpus: int64,
  CgroupParent: string,
  BlkioWeight: uint16,
  BlkioWeightDevice: nullable(array(object<WeightDevice>({ Path: string, Weight: uint16 }))),
  BlkioDeviceReadBps: throttles,
  BlkioDeviceWriteBps: throttles,
  BlkioDeviceReadIOps: throttles,
  BlkioDeviceWriteIOps: throttles,
  CpuPeriod: int64,
  CpuQuota: int64,
  CpuRealtimePeriod: int64,
  CpuRealtimeRuntime: int64,
  CpusetCpus: string,
  CpusetMems: string,
  Devices: nullable(array(object<DeviceMapping>({ PathOnHost: string, PathInContainer: string, CgroupPermissions: string }))),
  DeviceCgroupRules: strings,
  DeviceRequests: nullable(array(object<DeviceRequest>({
    Driver: string,
    Count: int64,
    DeviceIDs: strings,
    Capabilities: nullable(array(strings)),
    Options: nullable(stringMap),
  }))),
  KernelMemory: nonZero,
  KernelMemoryTCP: nonZero,
  MemoryReservation: int64,
  MemorySwap: int64,
  MemorySwappiness: nullable(int64),
  OomKillDisable: nullable(boolean),
  PidsLimit: nullable(int64),
  Ulimits: nullable(array(object<Ulimit>({ Name: string, Hard: int64, Soft: int64 }))),
  CpuCount: int64,
  CpuPercent: int64,
  IOMaximumIOps: uint64,
  IOMaximumBandwidth: uint64,
};

const restartPolicy = object<RestartPolicy>({ Name: string, MaximumRetryCount: int64 });

const portMap = nullable(record(nullable(array(object<PortBinding>({ HostIp: string, HostPort: string })))));

export const containerUpdateBody: Decoder<ContainerUpdateBody> = object<ContainerUpdateBody>({
  ...resourceFields,
  RestartPolicy: restartPolicy,
  AddLabels: nullable(stringMap),
  RemoveLabels: strings,
  AddPorts: portMap,
  RemovePorts: portMap,
});

export const hostConfig: Decoder<HostConfig> = object<HostConfig>({
  ...resourceFields,
  Binds: strings,
  ContainerIDFile: string,
  LogConfig: object<LogConfig>({ Type: string, Config: nullable(stringMap) }),
  NetworkMode: string,
  PortBindings: portMap,
  RestartPolicy: restartPolicy,
  AutoRemove: boolean,
  VolumeDriver: string,
  VolumesFrom: strings,
  ConsoleSize: consoleSize,
  Annotations: optionalMap,
  CapAdd: capabilities,
  CapDrop: capabilities,
  CgroupnsMode: string,
  Dns: strings,
  DnsOptions: strings,
  DnsSearch: strings,
  ExtraHosts: strings,
  GroupAdd: strings,
  IpcMode: string,
  Cgroup: string,
  Links: strings,
  OomScoreAdj: int64,
  PidMode: string,
  Privileged: boolean,
  PublishAllPorts: boolean,
  ReadonlyRootfs: boolean,
  SecurityOpt: strings,
  StorageOpt: optionalMap,
  Tmpfs: optionalMap,
  UTSMode: string,
  UsernsMode: string,
  ShmSize: int64,
  Sysctls: optionalMap,
  Runtime: (value, path) => string(value, path) || undefined,
  Isolation: string,
  Mounts: (value, path) => {
    const mounts = array(mount)(value, path);
    return mounts.length === 0 ? undefined : mounts;
  },
  MaskedPaths: strings,
  ReadonlyPaths: strings,
  Init: optional(boolean),
});

function nonZero(...[value, path]: Parameters<Decoder<number>>): number | undefined {
  return int64(value, path) || undefined;
}
