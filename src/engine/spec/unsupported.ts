import type { HostConfig } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";

/**
 * Refuses what the engine does not do: a wish is fulfilled or refused, and never passed over.
 * @throws EngineError in docker's words where docker refuses it too, else `unsupported` that names the field
 */
export function refuseUnsupported(host: HostConfig): void {
  const { Isolation: isolation, UsernsMode: userns, StorageOpt: storage = {} } = host;
  const invalid = (text: string): EngineError => new EngineError("invalid-argument", text);
  if (isolation !== "" && isolation !== "default") throw invalid(`Invalid isolation: ${JSON.stringify(isolation)} - linux only supports 'default'`);
  if (userns !== "" && userns !== "host") throw invalid(`invalid user namespace mode: ${userns}`);
  for (const name of Object.keys(storage)) if (name.toLowerCase() !== "size") throw invalid(`Unknown option ${name}`);
  if (Object.keys(storage).length > 0) throw invalid("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  if (host.Cgroup !== "") throw new EngineError("unsupported", "HostConfig.Cgroup, the cgroup of another container, is not supported", { hint: "CgroupParent sets where a container's own lies" });
}
