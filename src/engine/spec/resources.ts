import { statSync } from "node:fs";
import type { Resources, ThrottleDevice } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { majorOf, minorOf } from "./devices.ts";
import type { BlockIoSpec, DeviceRule, ResourcesSpec, ThrottleSpec } from "./runtime-spec.ts";

const smallestMemory = 6 * 1024 * 1024;
const cpuPeriod = 100_000;

/** What the host can limit. */
export interface HostLimits {
  readonly cpus: number;
  readonly cgroupVersion: 1 | 2;
  /** Whether the kernel counts swap. */
  readonly swap: boolean;
  /** Whether disks can be shared by weight. */
  readonly ioWeight: boolean;
  readonly cpuRealtime: boolean;
  /** Whether the memory of TCP's buffers can be limited. */
  readonly tcpMemory: boolean;
}

/**
 * @param change what is changed of a container that is there: then swap without memory is none of its faults
 * @throws EngineError `invalid-argument` with docker's texts, for what no container can have
 */
export function validateResources(resources: Resources, { cpus, cpuRealtime }: HostLimits, change?: "change"): void {
  const { Memory: memory, MemorySwap: swap, MemoryReservation: reservation, MemorySwappiness: swappiness, NanoCpus: nano } = resources;
  const fail = (text: string): EngineError => new EngineError("invalid-argument", text);
  if (memory !== 0 && memory < smallestMemory) throw fail("Minimum memory limit allowed is 6MB");
  if (memory > 0 && swap > 0 && swap < memory) throw fail("Minimum memoryswap limit should be larger than memory limit, see usage");
  if (memory === 0 && swap > 0 && change === undefined) throw fail("You should always set the Memory limit when using Memoryswap limit, see usage");
  if (reservation !== 0 && reservation < smallestMemory) throw fail("Minimum memory reservation allowed is 6MB");
  if (memory > 0 && reservation > memory) throw fail("Minimum memory limit can not be less than memory reservation limit, see usage");
  if (swappiness !== null && (swappiness < -1 || swappiness > 100)) throw fail(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  if (nano > 0 && resources.CpuQuota > 0) throw fail("Conflicting options: Nano CPUs and CPU Quota cannot both be set.");
  if (nano > 0 && resources.CpuPeriod > 0) throw fail("Conflicting options: Nano CPUs and CPU Period cannot both be set.");
  if (nano < 0 || nano > cpus * 1e9) {
    throw fail(`Range of CPUs is from 0.01 to ${cpus.toFixed(2)}, as there are only ${cpus} CPUs available`);
  }
  const { CpuRealtimePeriod: realtimePeriod, CpuRealtimeRuntime: realtimeRuntime } = resources;
  if ((realtimePeriod !== 0 || realtimeRuntime !== 0) && !cpuRealtime) throw fail("Your kernel does not support CPU real-time scheduler");
  if (realtimePeriod !== 0 && realtimeRuntime > realtimePeriod) throw fail("cpu real-time runtime cannot be higher than cpu real-time period");
  if (resources.IOMaximumBandwidth !== 0) throw fail("Invalid QoS settings: linux does not support configuration of maximum bandwidth");
  if (resources.IOMaximumIOps !== 0) throw fail("Invalid QoS settings: linux does not support configuration of maximum IOPs");
  if (resources.CpuShares < 0) throw fail(`invalid CPU shares (${resources.CpuShares}): value must be a positive integer`);
  if (resources.CpuPeriod !== 0 && (resources.CpuPeriod < 1000 || resources.CpuPeriod > 1_000_000)) {
    throw fail("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
  if (resources.CpuQuota > 0 && resources.CpuQuota < 1000) throw fail("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  for (const [name, list] of [["Cpus", resources.CpusetCpus], ["Mems", resources.CpusetMems]] as const) {
    if (list !== "" && !isCpuList(list)) throw fail(`Invalid value ${list} for cpuset ${name.toLowerCase()}`);
  }
  const highest = Math.max(...resources.CpusetCpus.split(/[,-]/).map(Number));
  if (resources.CpusetCpus !== "" && highest >= cpus) throw fail(`Requested CPUs are not available - requested ${resources.CpusetCpus}, available: 0-${cpus - 1}`);
  if (resources.BlkioWeight !== 0 && (resources.BlkioWeight < 10 || resources.BlkioWeight > 1000)) throw fail("Range of blkio weight is from 10 to 1000");
}

function isCpuList(text: string): boolean {
  return /^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text);
}

/** The limits in the runtime's terms; what was not asked for is left out, and the runtime turns v1's numbers into v2's. */
export function resourcesSpec(resources: Resources, devices: readonly DeviceRule[], limits: HostLimits): ResourcesSpec {
  const memory = memorySpec(resources, limits);
  const cpu = cpuSpec(resources);
  const pids = resources.PidsLimit ?? 0;
  const blockIO = blockIoSpec(resources);
  return {
    devices,
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
    ...(Object.keys(cpu).length === 0 ? {} : { cpu }),
    ...(pids > 0 ? { pids: { limit: pids } } : {}),
    ...(Object.keys(blockIO).length === 0 ? {} : { blockIO }),
  };
}

/** What is changed of the limits of a running container; what stays as it is is left out, and so is a limit of processes that goes. */
export function changesSpec(changes: Resources, { swap: hasSwap }: HostLimits): Partial<ResourcesSpec> {
  const { Memory: limit, MemoryReservation: reservation, MemorySwap: swap, PidsLimit: pids } = changes;
  const memory = { ...(limit === 0 ? {} : { limit }), ...(reservation === 0 ? {} : { reservation }), ...(hasSwap && swap !== 0 ? { swap } : {}) };
  const cpu = cpuSpec(changes);
  return {
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
    ...(Object.keys(cpu).length === 0 ? {} : { cpu }),
    ...(pids === null || pids <= 0 ? {} : { pids: { limit: pids } }),
    ...(changes.BlkioWeight === 0 ? {} : { blockIO: { weight: changes.BlkioWeight } }),
  };
}

function memorySpec(resources: Resources, { swap: hasSwap, cgroupVersion }: HostLimits): NonNullable<ResourcesSpec["memory"]> {
  const {
    Memory: limit, MemoryReservation: reservation, MemorySwap: asked, MemorySwappiness: swappiness, OomKillDisable: disable, KernelMemoryTCP: tcp = 0,
  } = resources;
  // As much swap as memory, where a limit was set and nothing was said about swap.
  const swap = asked === 0 ? limit * 2 : asked;
  return {
    ...(limit > 0 ? { limit } : {}),
    ...(reservation > 0 ? { reservation } : {}),
    ...(hasSwap && limit > 0 && swap !== 0 ? { swap } : {}),
    ...(cgroupVersion === 1 && swappiness !== null && swappiness >= 0 ? { swappiness } : {}),
    ...(cgroupVersion === 1 && disable === true ? { disableOOMKiller: true } : {}),
    ...(tcp > 0 ? { kernelTCP: tcp } : {}),
  };
}

function cpuSpec(resources: Resources): NonNullable<ResourcesSpec["cpu"]> {
  const { NanoCpus: nano } = resources;
  const quota = nano > 0 ? Math.round((nano * cpuPeriod) / 1e9) : resources.CpuQuota;
  const period = nano > 0 ? cpuPeriod : resources.CpuPeriod;
  return {
    ...(resources.CpuShares > 0 ? { shares: resources.CpuShares } : {}),
    ...(quota !== 0 ? { quota } : {}),
    ...(period !== 0 ? { period } : {}),
    ...(resources.CpuRealtimePeriod !== 0 ? { realtimePeriod: resources.CpuRealtimePeriod } : {}),
    ...(resources.CpuRealtimeRuntime !== 0 ? { realtimeRuntime: resources.CpuRealtimeRuntime } : {}),
    ...(resources.CpusetCpus !== "" ? { cpus: resources.CpusetCpus } : {}),
    ...(resources.CpusetMems !== "" ? { mems: resources.CpusetMems } : {}),
  };
}

function blockIoSpec(resources: Resources): BlockIoSpec {
  const throttle = (list: readonly ThrottleDevice[] | null): ThrottleSpec[] => (list ?? []).map(({ Path, Rate }) => ({ ...numbersOf(Path), rate: Rate }));
  const lists = {
    throttleReadBpsDevice: throttle(resources.BlkioDeviceReadBps),
    throttleWriteBpsDevice: throttle(resources.BlkioDeviceWriteBps),
    throttleReadIOPSDevice: throttle(resources.BlkioDeviceReadIOps),
    throttleWriteIOPSDevice: throttle(resources.BlkioDeviceWriteIOps),
    weightDevice: (resources.BlkioWeightDevice ?? []).map(({ Path, Weight }) => ({ ...numbersOf(Path), weight: Weight })),
  };
  const filled = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  return { ...(resources.BlkioWeight > 0 ? { weight: resources.BlkioWeight } : {}), ...filled };
}

function numbersOf(path: string): { major: number; minor: number } {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new EngineError("invalid-argument", `stat ${path}: no such file or directory`);
  if (!status.isBlockDevice()) throw new EngineError("invalid-argument", `${path} is not a block device`);
  return { major: majorOf(status.rdev), minor: minorOf(status.rdev) };
}
