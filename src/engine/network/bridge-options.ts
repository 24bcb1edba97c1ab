import { EngineError, parseIpAddress } from "../../base/index.ts";

/** The options of docker's bridge driver that say how a network is made. */
export interface BridgeOptions {
  readonly bridge?: string;
  readonly interContainer: boolean;
  readonly masquerade: boolean;
  readonly hostBinding?: string;
  readonly mtu?: number;
}

const prefix = "com.docker.network.";
const names = {
  bridge: `${prefix}bridge.name`,
  interContainer: `${prefix}bridge.enable_icc`,
  masquerade: `${prefix}bridge.enable_ip_masquerade`,
  hostBinding: `${prefix}bridge.host_binding_ipv4`,
  mtu: `${prefix}driver.mtu`,
} as const;

/** Asked for, they would have to be honoured. */
const unsupported = ["bridge.gateway_mode_ipv4", "bridge.gateway_mode_ipv6", "bridge.inhibit_ipv4", "bridge.trusted_host_interfaces", "container_iface_prefix", "host_ipv4", "host_ipv6"];

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
  return {
    ...(bridge === undefined ? {} : { bridge }),
    interContainer: flag(options, names.interContainer),
    masquerade: flag(options, names.masquerade),
    ...(hostBinding === undefined || hostBinding === "0.0.0.0" ? {} : { hostBinding }),
    ...(mtu === undefined || mtu === "0" ? {} : { mtu: parseMtu(mtu) }),
  };
}

/** True where nothing is said. */
function flag(options: Readonly<Record<string, string>>, name: string): boolean {
  const value = options[name]?.toLowerCase();
  if (value === undefined || ["1", "t", "true"].includes(value)) return true;
  if (["0", "f", "false"].includes(value)) return false;
  throw new EngineError("invalid-argument", `${name}: ${JSON.stringify(value)} is neither true nor false`);
}

function parseMtu(text: string): number {
  const mtu = Number(text);
  if (!/^\d+$/.test(text) || mtu < 68 || mtu > 65_535) throw new EngineError("invalid-argument", `${names.mtu}: ${JSON.stringify(text)} is no size of a packet`);
  return mtu;
}
