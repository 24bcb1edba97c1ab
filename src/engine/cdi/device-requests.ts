import type { DeviceRequest } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { CdiCatalog } from "./catalog.ts";
import type { ContainerEdits } from "./spec-file.ts";

/** Kinds of devices that `--gpus` may mean, as their drivers name them. */
const gpuKinds = ["nvidia.com/gpu", "amd.com/gpu", "intel.com/gpu"];

/**
 * What the devices that a container asks for change in it (`--device vendor.com/class=name`, `--gpus`).
 * @param folders with the host's CDI files
 * @throws EngineError `invalid-argument` with docker's texts for devices that there are not
 */
export function resolveDeviceRequests(requests: readonly DeviceRequest[], folders: readonly string[]): readonly ContainerEdits[] {
  if (requests.length === 0) return [];
  const catalog = new CdiCatalog(folders);
  return catalog.edits([...new Set(requests.flatMap((request) => namesOf(request, catalog)))]);
}

function namesOf(request: DeviceRequest, catalog: CdiCatalog): readonly string[] {
  const { Driver: driver, DeviceIDs: ids, Count: count } = request;
  if (driver === "cdi") return ids ?? [];
  const kind = gpuKinds.find((known) => catalog.has(known) && (driver === "" || known.startsWith(`${driver}.`)));
  if (kind === undefined || !wantsGpu(request)) throw noDriver(request);
  if (ids !== null && ids.length > 0) return ids.map((id) => `${kind}=${id}`);
  return count < 0 ? [`${kind}=all`] : Array.from({ length: count }, (_, i) => `${kind}=${i}`);
}

function wantsGpu({ Capabilities: capabilities }: DeviceRequest): boolean {
  return (capabilities ?? []).some((all) => all?.includes("gpu") === true);
}

function noDriver({ Driver: driver, Capabilities: capabilities }: DeviceRequest): EngineError {
  const shown = (capabilities ?? []).map((all) => `[${(all ?? []).join(" ")}]`).join(" ");
  return new EngineError("invalid-argument", `could not select device driver ${JSON.stringify(driver)} with capabilities: [${shown}]`, {
    hint: "the host's CDI files, in /etc/cdi and /var/run/cdi, describe the devices that there are",
  });
}
