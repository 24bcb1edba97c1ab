export { parseNetworkMode } from "./network-mode.ts";
export type {
  BoundPort,
  DnsRequest,
  Endpoint,
  EndpointAddress,
  EndpointRequest,
  NetworkFiles,
  NetworkMode,
  Networks,
  NetworksOptions,
  RecoveryReport,
  Sandbox,
  SandboxRequest,
} from "./contract.ts";
