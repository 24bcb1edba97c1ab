import type { Resources } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";

/**
 * The limits that a container has after a change. What the change leaves at zero stays.
 * @throws EngineError `conflict` in docker's words, for what does not go together with what it has
 */
export function mergeResources(now: Resources, change: Resources): Resources {
  const conflict = (text: string): EngineError => new EngineError("conflict", text);
  if (change.NanoCpus > 0 && now.CpuPeriod > 0) throw conflict("Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
  if (change.NanoCpus > 0 && now.CpuQuota > 0) throw conflict("Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
  if (change.CpuPeriod > 0 && now.NanoCpus > 0) throw conflict("Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
  if (change.CpuQuota > 0 && now.NanoCpus > 0) throw conflict("Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
  // Also for one without limits, as with docker: then the limit of swap has to be told.
  if (change.Memory !== 0 && change.MemorySwap === 0 && change.Memory > now.MemorySwap) {
    throw conflict("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
  }
  const given = changeable.filter((field) => change[field] !== 0 && change[field] !== "" && change[field] !== null);
  return { ...now, ...Object.fromEntries(given.map((field) => [field, change[field]])) };
}

const changeable = [
  "BlkioWeight", "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps", "CpuShares", "NanoCpus",
  "CpuPeriod", "CpuQuota", "CpusetCpus", "CpusetMems", "Memory", "MemorySwap", "MemoryReservation", "CpuRealtimePeriod", "CpuRealtimeRuntime", "PidsLimit",
] as const satisfies readonly (keyof Resources)[];

/** A new container has as much swap as memory, where a limit was set and nothing was said about swap. */
export function withSwap<Wish extends Resources>(wish: Wish): Wish {
  return wish.Memory > 0 && wish.MemorySwap === 0 ? { ...wish, MemorySwap: wish.Memory * 2 } : wish;
}
