export {
  createNetworkNamespace,
  insideNetworkNamespace,
  isNetworkNamespace,
  openNetworkNamespace,
  removeNetworkNamespace,
  writeNetworkSetting,
} from "./namespace.ts";
export { readInterfaceCounts } from "./interface-counts.ts";
export type { InterfaceCounts, TrafficCounts } from "./interface-counts.ts";
