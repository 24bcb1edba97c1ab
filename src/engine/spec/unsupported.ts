import type { HostConfig } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";

/**
 * Refuses what the engine does not do: a wish is fulfilled or refused, and never passed over.
 * @throws EngineError `unsupported` that names the field
 */
export function refuseUnsupported(host: HostConfig): void {
  const unsupported: readonly (readonly [field: string, asked: boolean])[] = [
    ["UsernsMode", host.UsernsMode !== "" && host.UsernsMode !== "host"],
    ["Cgroup", host.Cgroup !== ""],
    ["StorageOpt", Object.keys(host.StorageOpt ?? {}).length > 0],
    ["DeviceRequests", (host.DeviceRequests ?? []).length > 0],
    ["Isolation", host.Isolation !== "" && host.Isolation !== "default"],
    ["CpuCount", host.CpuCount !== 0],
    ["CpuPercent", host.CpuPercent !== 0],
    ["IOMaximumIOps", host.IOMaximumIOps !== 0],
    ["IOMaximumBandwidth", host.IOMaximumBandwidth !== 0],
    ["KernelMemory", (host.KernelMemory ?? 0) !== 0],
    ["KernelMemoryTCP", (host.KernelMemoryTCP ?? 0) !== 0],
  ];
  const first = unsupported.find(([, asked]) => asked);
  if (first !== undefined) throw new EngineError("unsupported", `HostConfig.${first[0]} is not supported yet`);
  if (!["", "json-file", "local", "none"].includes(host.LogConfig.Type)) {
    throw new EngineError("unsupported", `the log driver ${JSON.stringify(host.LogConfig.Type)} is not supported yet`, { hint: "json-file, local and none are" });
  }
}
