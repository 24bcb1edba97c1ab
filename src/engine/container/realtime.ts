import { EngineError } from "../../base/index.ts";
import { Cgroup, type CgroupLayout } from "../../host/cgroup/index.ts";

/** Processor time that all containers together may use with real-time priorities (`--cpu-rt-period`, `--cpu-rt-runtime`); microseconds. */
export interface RealtimeBudget {
  /** 0: the kernel's own. */
  readonly period: number;
  /** 0: none. */
  readonly runtime: number;
}

/**
 * Gives the groups above a container's the time that it is to have a part of: the kernel gives a group nothing that those
 * above it lack (version 1 only; version 2 knows no such limit).
 * @param path of the group above the container's, below the root of the tree
 * @throws EngineError `invalid-argument` where the engine was given no time, or the kernel has none left
 */
export function giveRealtime(path: string, { period, runtime }: RealtimeBudget, layout: CgroupLayout): void {
  if (runtime === 0) {
    throw new EngineError("invalid-argument", "no processor time is set aside for the real-time priorities of containers", { hint: "start the engine with --cpu-rt-runtime" });
  }
  const names = path.split("/").filter((name) => name !== "");
  for (let depth = 1; depth <= names.length; depth++) {
    const group = new Cgroup(layout, `/${names.slice(0, depth).join("/")}`);
    try {
      group.make("cpu");
      if (period > 0) group.write("cpu", "cpu.rt_period_us", String(period));
      group.write("cpu", "cpu.rt_runtime_us", String(runtime));
    } catch (cause) {
      throw new EngineError("invalid-argument", `cannot set ${runtime} microseconds aside for the real-time priorities of containers in ${group.path}`, {
        hint: "other groups have what the kernel allows: see cpu.rt_runtime_us of each", cause,
      });
    }
  }
}
