import type { EmptyObject } from "./container-config.ts";

/** One sample of `GET /containers/{id}/stats` (Engine API v1.50, "ContainerStats"). What a machine does not measure is left out. */
export interface ContainerStats {
  /** With the leading slash. */
  readonly name: string;
  readonly id: string;
  /** RFC 3339; "0001-01-01T00:00:00Z" for a container that does not run. */
  readonly read: string;
  /** When the sample before was taken, whose processor time is in `precpu_stats`; the zero time for the first of a stream. */
  readonly preread: string;
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly blkio_stats: BlkioStats;
  readonly num_procs: number;
  /** Only on Windows is there something in it. */
  readonly storage_stats: EmptyObject;
  readonly cpu_stats: CpuStats;
  readonly precpu_stats: CpuStats;
  readonly memory_stats: MemoryStats;
  /** By interface. */
  readonly networks?: Readonly<Record<string, NetworkStats>>;
}

/** Nanoseconds. */
export interface CpuStats {
  readonly cpu_usage: {
    readonly total_usage: number;
    readonly percpu_usage?: readonly number[];
    readonly usage_in_kernelmode: number;
    readonly usage_in_usermode: number;
  };
  /** Of the whole machine, idle or not, all processors together. */
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
  readonly throttling_data: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number };
}

/** Bytes. */
export interface MemoryStats {
  readonly usage?: number;
  readonly max_usage?: number;
  readonly stats?: Readonly<Record<string, number>>;
  readonly failcnt?: number;
  /** The machine's memory where the container has no limit. */
  readonly limit?: number;
}

export interface BlkioStats {
  readonly io_service_bytes_recursive: readonly BlkioEntry[] | null;
  readonly io_serviced_recursive: readonly BlkioEntry[] | null;
  readonly io_queue_recursive: readonly BlkioEntry[] | null;
  readonly io_service_time_recursive: readonly BlkioEntry[] | null;
  readonly io_wait_time_recursive: readonly BlkioEntry[] | null;
  readonly io_merged_recursive: readonly BlkioEntry[] | null;
  readonly io_time_recursive: readonly BlkioEntry[] | null;
  readonly sectors_recursive: readonly BlkioEntry[] | null;
}

export interface BlkioEntry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
}

export interface NetworkStats {
  readonly rx_bytes: number;
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_bytes: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
}
