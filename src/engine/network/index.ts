export { NetworkService } from "./network-service.ts";
export { parseNetworkMode } from "./network-mode.ts";
export type {
  BoundPort,
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
