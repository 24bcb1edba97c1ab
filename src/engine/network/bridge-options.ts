import { EngineError, parseIpAddress } from "../../base/index.ts";
import type { IpFamily } from "../../base/index.ts";

/** The options of docker's bridge driver that say how a network is made. */
export interface BridgeOptions {
  readonly bridge?: string;
  readonly interContainer: boolean;
  readonly masquerade: boolean;
  readonly hostBinding?: string;
  readonly mtu?: number;
  /** Of interfaces in containers; absent: eth. */
  readonly interfacePrefix?: string;
  readonly gatewayModes: GatewayModes;
}

/**
 * How an address family of a network meets the rest of the world. nat: under the machine's addresses. routed: under its
 * own, and of its ports those that are published can be reached. nat-unprotected: as nat, and every port can be reached
 * by those that have a route. isolated: an internal network on which the machine itself has no address either.
 */
export type GatewayMode = "nat" | "nat-unprotected" | "routed" | "isolated";

export type GatewayModes = Readonly<Record<IpFamily, GatewayMode>>;

const prefix = "com.docker.network.";
const names = {
  bridge: `${prefix}bridge.name`,
  interContainer: `${prefix}bridge.enable_icc`,
  masquerade: `${prefix}bridge.enable_ip_masquerade`,
  hostBinding: `${prefix}bridge.host_binding_ipv4`,
  mtu: `${prefix}driver.mtu`,
  interfacePrefix: `${prefix}container_iface_prefix`,
  mode4: `${prefix}bridge.gateway_mode_ipv4`,
  mode6: `${prefix}bridge.gateway_mode_ipv6`,
} as const;

/** Asked for, they would have to be honoured. */
const unsupported = ["bridge.inhibit_ipv4", "bridge.trusted_host_interfaces", "host_ipv4", "host_ipv6"];

/** Options of other drivers are passed over, as docker does. @throws EngineError `invalid-argument` or `unsupported`. */
export function readBridgeOptions(options: Readonly<Record<string, string>>): BridgeOptions {
  const refused = unsupported.find((name) => options[prefix + name] !== undefined);
  if (refused !== undefined) throw new EngineError("unsupported", `the network option ${prefix}${refused} is not supported yet`);
  const bridge = options[names.bridge];
  if (bridge !== undefined && !/^[^\s/:]{1,15}$/.test(bridge)) {
    throw new EngineError("invalid-argument", `invalid bridge name ${JSON.stringify(bridge.slice(0, 40))}: up to 15 characters, no slash, colon or space`);
  }
  const hostBinding = options[names.hostBinding];
  if (hostBinding !== undefined && parseIpAddress(hostBinding).family !== 4) {
    throw new EngineError("invalid-argument", `${names.hostBinding}: an IPv4 address is needed`);
  }
  const mtu = options[names.mtu];
  const interfacePrefix = options[names.interfacePrefix];
  if (interfacePrefix !== undefined && !/^[a-zA-Z][a-zA-Z0-9_.-]{0,9}$/.test(interfacePrefix)) {
    throw new EngineError("invalid-argument", `${names.interfacePrefix}: ${JSON.stringify(interfacePrefix.slice(0, 40))} is no beginning of an interface's name`);
  }
  return {
    ...(bridge === undefined ? {} : { bridge }),
    interContainer: flag(options, names.interContainer),
    masquerade: flag(options, names.masquerade),
    ...(hostBinding === undefined || hostBinding === "0.0.0.0" ? {} : { hostBinding }),
    ...(mtu === undefined || mtu === "0" ? {} : { mtu: parseMtu(mtu) }),
    ...(interfacePrefix === undefined ? {} : { interfacePrefix }),
    gatewayModes: { 4: gatewayMode(options, names.mode4), 6: gatewayMode(options, names.mode6) },
  };
}

/** True where nothing is said. */
function flag(options: Readonly<Record<string, string>>, name: string): boolean {
  const value = options[name]?.toLowerCase();
  if (value === undefined || ["1", "t", "true"].includes(value)) return true;
  if (["0", "f", "false"].includes(value)) return false;
  throw new EngineError("invalid-argument", `${name}: ${JSON.stringify(value)} is neither true nor false`);
}

export function parseGatewayMode(text: string): GatewayMode | undefined {
  return (["nat", "nat-unprotected", "routed", "isolated"] as const).find((mode) => mode === text);
}

function gatewayMode(options: Readonly<Record<string, string>>, name: string): GatewayMode {
  const text = options[name];
  if (text === undefined || text === "") return "nat";
  const mode = parseGatewayMode(text);
  if (mode !== undefined) return mode;
  throw new EngineError("invalid-argument", `unknown gateway mode ${text}`, { hint: "nat, nat-unprotected, routed or isolated" });
}

function parseMtu(text: string): number {
  const mtu = Number(text);
  if (!/^\d+$/.test(text) || mtu < 68 || mtu > 65_535) throw new EngineError("invalid-argument", `${names.mtu}: ${JSON.stringify(text)} is no size of a packet`);
  return mtu;
}
