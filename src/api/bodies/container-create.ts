import { array, int64, nullable, object, optional, record, string, type Decoder } from "../decode/index.ts";
import type { ContainerCreateBody, EndpointIpamConfig, EndpointSettings, NetworkingConfig } from "../types/index.ts";
import { containerConfigFields } from "./container-config.ts";
import { hostConfig } from "./host-config.ts";

const strings = nullable(array(string));

export const endpointSettings: Decoder<EndpointSettings> = object<EndpointSettings>({
  IPAMConfig: nullable(object<EndpointIpamConfig>({
    IPv4Address: (value, path) => string(value, path) || undefined,
    IPv6Address: (value, path) => string(value, path) || undefined,
    LinkLocalIPs: optional(array(string)),
  })),
  Links: strings,
  Aliases: strings,
  MacAddress: string,
  DriverOpts: nullable(record(string)),
  GwPriority: int64,
  NetworkID: string,
  EndpointID: string,
  Gateway: string,
  IPAddress: string,
  IPPrefixLen: int64,
  IPv6Gateway: string,
  GlobalIPv6Address: string,
  GlobalIPv6PrefixLen: int64,
  DNSNames: strings,
});

export const containerCreateBody: Decoder<ContainerCreateBody> = object<ContainerCreateBody>({
  ...containerConfigFields,
  HostConfig: hostConfig,
  NetworkingConfig: object<NetworkingConfig>({ EndpointsConfig: nullable(record(endpointSettings)) }),
});
