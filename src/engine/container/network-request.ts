import { endpointSettings } from "../../api/bodies/index.ts";
import type { EndpointSettings, HostConfig } from "../../api/types/index.ts";
import type { PublishedPort } from "../../base/index.ts";
import { parseNetworkMode, publishedPorts, type ContainerNetworks, type EndpointRequest, type NetworkMode, type SandboxRequest } from "../network/index.ts";
import type { Container } from "./container.ts";
import type { ContainerRecord } from "./record.ts";

/** What a container's network is asked for at each start. */
export function sandboxRequest(record: ContainerRecord): SandboxRequest {
  const { config, hostConfig } = record;
  return {
    containerId: record.id,
    containerName: record.name,
    hostname: config.Hostname,
    ...(config.Domainname === "" ? {} : { domainname: config.Domainname }),
    mode: modeOf(record),
    endpoints: endpointRequests(namedEndpoints(record)),
    publish: portsOf(record),
    dns: { servers: hostConfig.Dns ?? [], search: hostConfig.DnsSearch ?? [], options: hostConfig.DnsOptions ?? [] },
    extraHosts: hostConfig.ExtraHosts ?? [],
  };
}

export function modeOf({ config, hostConfig }: { readonly config: ContainerRecord["config"]; readonly hostConfig: Pick<HostConfig, "NetworkMode"> }): NetworkMode {
  return config.NetworkDisabled === true ? { kind: "none" } : parseNetworkMode(hostConfig.NetworkMode);
}

/** Networks that are named beside that of the mode are wanted with it, not instead. */
export function completeEndpoints(mode: NetworkMode, endpoints: ContainerRecord["endpoints"]): ContainerRecord["endpoints"] {
  const names = Object.keys(endpoints);
  if (mode.kind !== "network" || names.length === 0) return endpoints;
  const isNamed = names.some((name) => name === mode.name || (mode.name === "bridge" && name === "default"));
  return isNamed ? endpoints : { [mode.name]: plainEndpoint, ...endpoints };
}

/** What the container is asked to be on: that of its mode where nothing else is said and it has not left that one. */
export function namedEndpoints(record: ContainerRecord): ContainerRecord["endpoints"] {
  const mode = modeOf(record);
  const { default: bridge, ...rest } = record.endpoints;
  const named = bridge === undefined ? rest : { ...rest, bridge };
  if (record.hasLeftNetworks === true || Object.keys(named).length > 0 || mode.kind === "container") return named;
  return { [mode.kind === "network" ? mode.name : mode.kind]: plainEndpoint };
}

export const plainEndpoint: EndpointSettings = endpointSettings(undefined, "EndpointConfig");

export function portsOf({ config, hostConfig }: Pick<ContainerRecord, "config" | "hostConfig">): readonly PublishedPort[] {
  return publishedPorts({ bindings: hostConfig.PortBindings, exposed: Object.keys(config.ExposedPorts ?? {}), publishAll: hostConfig.PublishAllPorts });
}

/** What lists and inspect show of its networks. */
export function networksOf({ record, isRunning }: Container): ContainerNetworks {
  return { containerId: record.id, isRunning, mode: modeOf(record), endpoints: endpointRequests(namedEndpoints(record)), exposed: Object.keys(record.config.ExposedPorts ?? {}) };
}

function endpointRequests(endpoints: Readonly<Record<string, EndpointSettings>>): ReadonlyMap<string, EndpointRequest> {
  return new Map(Object.entries(endpoints).map(([network, settings]) => [network, endpointRequest(settings)]));
}

function endpointRequest({ IPAMConfig, Links, Aliases, MacAddress, DriverOpts, GwPriority }: EndpointSettings): EndpointRequest {
  const { IPv4Address, IPv6Address, LinkLocalIPs } = IPAMConfig ?? {};
  return {
    ...(IPv4Address === undefined ? {} : { ipv4Address: IPv4Address }),
    ...(IPv6Address === undefined ? {} : { ipv6Address: IPv6Address }),
    ...(LinkLocalIPs === undefined ? {} : { linkLocalAddresses: LinkLocalIPs }),
    ...(MacAddress === "" ? {} : { macAddress: MacAddress }),
    ...(Aliases === null ? {} : { aliases: Aliases }),
    ...(Links === null ? {} : { links: Links }),
    ...(DriverOpts === null ? {} : { driverOptions: DriverOpts }),
    ...(GwPriority === 0 ? {} : { gatewayPriority: GwPriority }),
  };
}
