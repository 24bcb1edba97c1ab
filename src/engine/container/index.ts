export { openContainers } from "./open-containers.ts";
export type { Containers } from "./open-containers.ts";
export { Places } from "./places.ts";
export type { ContainerLog, ContainerLogs, ContainerParts, HostFacts } from "./parts.ts";
