import type { EndpointSettings, NetworkSettings, PortBinding, PortMap } from "../../api/types/index.ts";
import type { BoundPort, Endpoint, EndpointRequest, NetworkMode, Sandbox } from "./contract.ts";

export interface SettingsRequest {
  readonly mode: NetworkMode;
  readonly endpoints?: ReadonlyMap<string, EndpointRequest>;
  /** Ports that the image or the caller exposes, as "80/tcp"; shown without a binding where they have none. */
  readonly exposed: readonly string[];
  /** Absent while the container does not run. */
  readonly sandbox?: Sandbox;
  /** Id of a network by its name. */
  readonly networkId: (name: string) => string;
}

/** What inspect shows of a container's networks, running or not. */
export function networkSettings(request: SettingsRequest): NetworkSettings {
  const { sandbox } = request;
  const networks = endpointsByName(request);
  return {
    Bridge: "",
    SandboxID: sandbox?.sandboxId ?? "",
    SandboxKey: sandbox?.netnsPath ?? "",
    Ports: sandbox === undefined || request.mode.kind === "container" ? {} : portMap(sandbox.ports, request.exposed),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    ...legacyFields(isOnDefaultBridge(request) ? Object.values(networks)[0] : undefined),
    Networks: networks,
  };
}

/** Fields from before there were networks, which mirror the default bridge and nothing else. */
function legacyFields(endpoint: EndpointSettings | undefined) {
  return {
    EndpointID: endpoint?.EndpointID ?? "",
    Gateway: endpoint?.Gateway ?? "",
    GlobalIPv6Address: endpoint?.GlobalIPv6Address ?? "",
    GlobalIPv6PrefixLen: endpoint?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: endpoint?.IPAddress ?? "",
    IPPrefixLen: endpoint?.IPPrefixLen ?? 0,
    IPv6Gateway: endpoint?.IPv6Gateway ?? "",
    MacAddress: endpoint?.MacAddress ?? "",
  };
}

function isOnDefaultBridge({ mode }: SettingsRequest): boolean {
  return mode.kind === "network" && mode.name === "bridge";
}

function endpointsByName(request: SettingsRequest): Record<string, EndpointSettings> {
  const { mode, sandbox, endpoints } = request;
  if (mode.kind === "container") return {};
  const live = new Map(sandbox?.endpoints.map((endpoint) => [endpoint.networkName, endpoint]));
  const primary = mode.kind === "network" ? mode.name : mode.kind;
  const names = new Set([...live.keys(), ...(endpoints?.keys() ?? [primary])].filter((name) => name !== "default"));
  return Object.fromEntries([...names].map((name) => [name, endpointSettings(request, { name, endpoint: live.get(name) })]));
}

function endpointSettings(request: SettingsRequest, { name, endpoint }: { name: string; endpoint: Endpoint | undefined }): EndpointSettings {
  const { sandbox, endpoints, networkId } = request;
  const wish = endpoint?.request ?? endpoints?.get(name) ?? {};
  const isUp = sandbox !== undefined;
  return {
    IPAMConfig: ipamConfig(wish),
    Links: wish.links ?? null,
    Aliases: wish.aliases ?? null,
    MacAddress: endpoint?.macAddress ?? wish.macAddress ?? "",
    DriverOpts: wish.driverOptions ?? null,
    GwPriority: wish.gatewayPriority ?? 0,
    NetworkID: endpoint?.networkId ?? (isUp ? networkId(name) : ""),
    EndpointID: endpoint?.endpointId ?? (isUp ? sandbox.sandboxId : ""),
    Gateway: endpoint?.ipv4?.gateway ?? "",
    IPAddress: endpoint?.ipv4?.address ?? "",
    IPPrefixLen: endpoint?.ipv4?.prefixLength ?? 0,
    IPv6Gateway: endpoint?.ipv6?.gateway ?? "",
    GlobalIPv6Address: endpoint?.ipv6?.address ?? "",
    GlobalIPv6PrefixLen: endpoint?.ipv6?.prefixLength ?? 0,
    DNSNames: null,
  };
}

function ipamConfig({ ipv4Address, ipv6Address, linkLocalAddresses }: EndpointRequest): EndpointSettings["IPAMConfig"] {
  if (ipv4Address === undefined && ipv6Address === undefined && linkLocalAddresses === undefined) return null;
  return {
    ...(ipv4Address === undefined ? {} : { IPv4Address: ipv4Address }),
    ...(ipv6Address === undefined ? {} : { IPv6Address: ipv6Address }),
    ...(linkLocalAddresses === undefined ? {} : { LinkLocalIPs: linkLocalAddresses }),
  };
}

function portMap(ports: readonly BoundPort[], exposed: readonly string[]): PortMap {
  const bindings = new Map<string, PortBinding[] | null>(exposed.map((port) => [port, null]));
  for (const { containerPort, protocol, hostAddress, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    bindings.set(key, [...(bindings.get(key) ?? []), { HostIp: hostAddress, HostPort: hostPort === 0 ? "" : hostPort.toString() }]);
  }
  return Object.fromEntries([...bindings].sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true })));
}
