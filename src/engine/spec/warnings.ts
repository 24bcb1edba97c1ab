import type { HostConfig } from "../../api/types/index.ts";
import type { HostLimits } from "./resources.ts";

/** What a container gets without, in docker's words: the answer to its creation lists them. */
export function hostWarnings(host: HostConfig, { swap, cgroupVersion, ioWeight }: HostLimits): readonly string[] {
  const { Memory: memory, MemorySwap: memorySwap, MemorySwappiness: swappiness, OomKillDisable: keepsAlive } = host;
  const isPublished = Object.keys(host.PortBindings ?? {}).length > 0;
  const warnings: readonly (readonly [holds: boolean, text: string])[] = [
    [
      memory > 0 && memorySwap !== -1 && !swap,
      "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
    ],
    [
      swappiness !== null && swappiness >= 0 && cgroupVersion === 2,
      "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
    ],
    [keepsAlive === true && cgroupVersion === 2, "Your kernel does not support OomKillDisable. OomKillDisable discarded."],
    [
      keepsAlive === true && cgroupVersion === 1 && memory === 0,
      "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.",
    ],
    [host.BlkioWeight > 0 && !ioWeight, "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded."],
    [host.NetworkMode === "host" && isPublished, "Published ports are discarded when using host network mode"],
  ];
  return warnings.filter(([holds]) => holds).map(([, text]) => text);
}
