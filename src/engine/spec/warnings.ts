import type { HostConfig, Resources } from "../../api/types/index.ts";
import type { HostLimits } from "./resources.ts";

/** A wish that the machine cannot fulfil and that docker drops with a warning. */
interface Unfulfilled {
  readonly holds: boolean;
  readonly warning: string;
  /** What the container has instead. */
  readonly instead: Partial<Resources>;
}

export interface Fulfillable<Wish> {
  readonly kept: Wish;
  /** In docker's words, for the answer. */
  readonly warnings: readonly string[];
}

/** What a container gets of what was asked for: the rest is told, and is not there for `inspect` either, as in docker. */
export function dropUnfulfillable<Wish extends Resources>(wish: Wish, limits: HostLimits): Fulfillable<Wish> {
  const dropped = unfulfilled(wish, limits).filter(({ holds }) => holds);
  return { kept: Object.assign({}, wish, ...dropped.map(({ instead }) => instead)) as Wish, warnings: dropped.map(({ warning }) => warning) };
}

const noSupport = (what: string, then: string): string => `Your kernel does not support ${what} or the cgroup is not mounted. ${then} discarded.`;

function unfulfilled(wish: Resources, { swap, cgroupVersion, ioWeight, tcpMemory }: HostLimits): readonly Unfulfilled[] {
  const { Memory: memory, MemorySwap: memorySwap, MemorySwappiness: swappiness, OomKillDisable: keepsAlive } = wish;
  return [
    {
      holds: memory > 0 && memorySwap !== -1 && !swap,
      warning: "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
      instead: { MemorySwap: -1 },
    },
    {
      holds: swappiness !== null && swappiness >= 0 && cgroupVersion === 2,
      warning: noSupport("memory swappiness capabilities", "Memory swappiness"),
      instead: { MemorySwappiness: null },
    },
    {
      // Kernels since 5.16 have no such limit.
      holds: (wish.KernelMemory ?? 0) > 0,
      warning: noSupport("kernel memory limit capabilities", "Limitation"),
      instead: { KernelMemory: 0 },
    },
    {
      holds: (wish.KernelMemoryTCP ?? 0) > 0 && !tcpMemory,
      warning: noSupport("kernel memory TCP limit capabilities", "Limitation"),
      instead: { KernelMemoryTCP: 0 },
    },
    {
      holds: keepsAlive === true && cgroupVersion === 2,
      warning: "Your kernel does not support OomKillDisable. OomKillDisable discarded.",
      instead: { OomKillDisable: null },
    },
    { holds: wish.CpuPercent > 0, warning: "linux does not support CPU percent. Percent discarded.", instead: { CpuPercent: 0 } },
    { holds: wish.BlkioWeight > 0 && !ioWeight, warning: noSupport("Block I/O weight", "Weight"), instead: { BlkioWeight: 0 } },
    {
      holds: (wish.BlkioWeightDevice ?? []).length > 0 && !ioWeight,
      warning: noSupport("Block I/O weight_device", "Weight-device"),
      instead: { BlkioWeightDevice: [] },
    },
  ];
}

/** What a container is made with all the same, in docker's words. */
export function hostCautions({ OomKillDisable: keepsAlive, Memory: memory, NetworkMode: network, PortBindings: ports }: HostConfig, { cgroupVersion }: HostLimits): readonly string[] {
  const isUnbounded = keepsAlive === true && cgroupVersion === 1 && memory === 0;
  const isDiscarded = network === "host" && Object.keys(ports ?? {}).length > 0;
  return [
    ...(isUnbounded ? ["OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources."] : []),
    ...(isDiscarded ? ["Published ports are discarded when using host network mode"] : []),
  ];
}
