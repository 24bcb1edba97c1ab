import type { BlkioEntry, ContainerStats, CpuStats, MemoryStats, NetworkStats } from "../../api/types/index.ts";
import { formatTimestamp, never } from "../../base/index.ts";
import { Cgroup, readUsage, type CpuUsage, type IoCount, type IoUsage, type MemoryUsage } from "../../host/cgroup/index.ts";
import { readProcessorTime } from "../../host/machine/index.ts";
import { readInterfaceCounts, type InterfaceCounts } from "../../host/netns/index.ts";
import type { Container } from "./container.ts";
import { cgroupPathOf } from "./launch.ts";
import { modeOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";

const noCpu: CpuStats = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } };

const noIo = {
  io_service_bytes_recursive: null, io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null,
  io_wait_time_recursive: null, io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null,
};

/** What the kernel has counted for a container by now, without a sample before; zeros for one that does not run. */
export function takeSample(container: Container, parts: ContainerParts): ContainerStats {
  const { record, live } = container;
  const fixed = { name: `/${record.name}`, id: record.id, preread: never, num_procs: 0, storage_stats: {}, precpu_stats: noCpu };
  const pid = record.state.program?.pid;
  if (live === undefined || pid === undefined) {
    return { ...fixed, read: never, pids_stats: {}, blkio_stats: noIo, cpu_stats: noCpu, memory_stats: {} };
  }
  const usage = readUsage(new Cgroup(parts.cgroups, cgroupPathOf(record, parts)), parts.cgroups);
  const networks = countsNetworks(container) ? networkStats(readInterfaceCounts(pid)) : {};
  return {
    ...fixed,
    read: formatTimestamp(parts.clock()),
    pids_stats: {
      ...(usage.pids === undefined ? {} : { current: usage.pids.current, ...(usage.pids.limit === undefined ? {} : { limit: usage.pids.limit }) }),
    },
    blkio_stats: usage.io === undefined ? noIo : ioStats(usage.io),
    cpu_stats: cpuStats(usage.cpu),
    memory_stats: usage.memory === undefined ? {} : memoryStats(usage.memory, parts.host.memory),
    ...(Object.keys(networks).length === 0 ? {} : { networks }),
  };
}

/** A sample with the processor time of the one before, from which a client tells the load. */
export function after(before: ContainerStats, sample: ContainerStats): ContainerStats {
  return { ...sample, preread: before.read, precpu_stats: before.cpu_stats };
}

/** The host's own interfaces are no container's. */
function countsNetworks({ record }: Container): boolean {
  const { kind } = modeOf(record);
  return kind === "network" || kind === "container";
}

function cpuStats(usage: CpuUsage | undefined): CpuStats {
  // Right after the group was read: the two are compared.
  const machine = readProcessorTime();
  const { total = 0, user = 0, system = 0, perProcessor, throttling } = usage ?? {};
  return {
    cpu_usage: { total_usage: total, ...(perProcessor === undefined ? {} : { percpu_usage: perProcessor }), usage_in_kernelmode: system, usage_in_usermode: user },
    system_cpu_usage: machine.total,
    online_cpus: machine.processors,
    throttling_data: throttling === undefined
      ? noCpu.throttling_data
      : { periods: throttling.periods, throttled_periods: throttling.throttledPeriods, throttled_time: throttling.throttledTime },
  };
}

function memoryStats({ usage, highest, failures, limit, details }: MemoryUsage, machineMemory: number): MemoryStats {
  return {
    usage,
    ...(highest === undefined ? {} : { max_usage: highest }),
    stats: details,
    ...(failures === 0 ? {} : { failcnt: failures }),
    limit: Math.min(limit ?? machineMemory, machineMemory),
  };
}

function ioStats({ bytes, operations }: IoUsage) {
  const entries = (counts: readonly IoCount[]): readonly BlkioEntry[] => counts.map(({ major, minor, operation: op, value }) => ({ major, minor, op, value }));
  return { ...noIo, io_service_bytes_recursive: entries(bytes), io_serviced_recursive: operations === undefined ? null : entries(operations) };
}

function networkStats(counts: readonly InterfaceCounts[]): Readonly<Record<string, NetworkStats>> {
  return Object.fromEntries(counts.filter(({ name }) => name !== "lo").map(({ name, received, sent }) => [name, {
    rx_bytes: received.bytes, rx_packets: received.packets, rx_errors: received.errors, rx_dropped: received.dropped,
    tx_bytes: sent.bytes, tx_packets: sent.packets, tx_errors: sent.errors, tx_dropped: sent.dropped,
  }]));
}
