export { replaceHostsEntry } from "./hosts-file.ts";
export type { HostsEntry } from "./hosts-file.ts";
export { NetworkService } from "./network-service.ts";
export { parseNetworkMode } from "./network-mode.ts";
export { publishedPorts } from "./port-wishes.ts";
export type { PortWishes } from "./port-wishes.ts";
export type {
  BoundPort,
  ContainerNetworks,
  DnsRequest,
  Endpoint,
  EndpointAddress,
  EndpointRequest,
  NetworkEvent,
  NetworkFiles,
  NetworkMode,
  Networks,
  NetworksOptions,
  RecoveryReport,
  Sandbox,
  SandboxRequest,
} from "./contract.ts";
