import { EngineError } from "../../base/index.ts";
import { readMounts, type MountInfo } from "../mount/index.ts";

/** How the machine's cgroups are laid out, as this process sees them (cgroups(7)). */
export interface CgroupLayout {
  /** 2 where everything is in the unified tree; 1 also for a hybrid of both. */
  readonly version: 1 | 2;
  /** The mount points of all trees, each once. */
  readonly trees: readonly string[];
  /** Version 1: the tree of a controller. Version 2: the one tree for each. */
  treeOf(controller: string): string | undefined;
}

/** @throws EngineError `unsupported` where no cgroup file system is mounted */
export function readCgroupLayout(mounts: readonly MountInfo[] = readMounts()): CgroupLayout {
  const unified = mounts.filter(({ type }) => type === "cgroup2").map(({ target }) => target);
  const legacy = mounts.filter(({ type }) => type === "cgroup");
  const [first] = unified;
  if (legacy.length === 0) {
    if (first === undefined) {
      throw new EngineError("unsupported", "no cgroup file system is mounted", { hint: "mount cgroup2 on /sys/fs/cgroup" });
    }
    return { version: 2, trees: [first], treeOf: () => first };
  }
  const trees = new Map<string, string>();
  for (const { target, superOptions } of legacy) {
    for (const option of superOptions) if (!trees.has(option)) trees.set(option, target);
  }
  const all = new Set([...legacy.map(({ target }) => target), ...unified]);
  return { version: 1, trees: [...all], treeOf: (controller) => trees.get(controller) };
}
