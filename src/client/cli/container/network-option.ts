import type { EndpointSettings } from "../../../api/types/index.ts";
import type { Given } from "../../../api/operations/index.ts";
import { EngineError } from "../../../base/index.ts";
import { CommandFailure, parseCsv, type FlagValues } from "../command/index.ts";

/** One `--network`, short or long. */
export interface NetworkOption {
  readonly target: string;
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocal: readonly string[];
  readonly mac: string;
  readonly gatewayPriority: number;
}

export const noNetworkOption: NetworkOption = {
  target: "", aliases: [], links: [], driverOptions: {}, ipv4: "", ipv6: "", linkLocal: [], mac: "", gatewayPriority: 0,
};

export function checkNetwork(text: string): string {
  parseNetwork(text);
  return text;
}

/** `NAME`, or `name=NAME,alias=…,ip=…,ip6=…,mac-address=…,link-local-ip=…,driver-opt=…,gw-priority=…`. @throws EngineError in docker's words. */
export function parseNetwork(text: string): NetworkOption {
  if (!text.includes("=")) return { ...noNetworkOption, target: text };
  let option = noNetworkOption;
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    if (equals < 0) throw wrong(`invalid field ${field}`);
    const key = field.slice(0, equals).trim().toLowerCase();
    const value = field.slice(equals + 1).trim();
    switch (key) {
      case "name": option = { ...option, target: value }; break;
      case "alias": option = { ...option, aliases: [...option.aliases, value] }; break;
      case "ip": option = { ...option, ipv4: value }; break;
      case "ip6": option = { ...option, ipv6: value }; break;
      case "mac-address": option = { ...option, mac: value }; break;
      case "link-local-ip": option = { ...option, linkLocal: [...option.linkLocal, value] }; break;
      case "driver-opt": option = { ...option, driverOptions: { ...option.driverOptions, ...driverOption(value) } }; break;
      case "gw-priority": option = { ...option, gatewayPriority: priority(value) }; break;
      default: throw wrong(`invalid field key ${key}`);
    }
  }
  if (option.target === "") throw wrong("network name/id is not specified");
  return option;
}

function driverOption(value: string): Readonly<Record<string, string>> {
  const equals = value.indexOf("=");
  if (equals <= 0) throw wrong("invalid key value pair format in driver options");
  return { [value.slice(0, equals).trim().toLowerCase()]: value.slice(equals + 1).trim() };
}

function priority(value: string): number {
  if (!/^[+-]?\d{1,9}$/.test(value)) throw wrong(`invalid gw-priority: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

export function isUserDefined(network: string): boolean {
  return !["", "default", "bridge", "host", "none"].includes(network) && !network.startsWith("container:");
}

/** The networks of a command line, the flags for addresses and aliases put on the first. @throws CommandFailure in docker's words. */
export function networksOf(flags: FlagValues): readonly NetworkOption[] {
  const given = [...flags.list("network"), ...flags.list("net")].map(parseNetwork);
  const [first = { ...noNetworkOption, target: "default" }, ...rest] = given;
  const withFlags = applyFlags(first, flags);
  const hasSettings = withFlags !== first;
  const networks = given.length === 0 && !hasSettings ? [] : [withFlags, ...rest];
  for (const { aliases, target } of networks) {
    if (aliases.length > 0 && !isUserDefined(target)) throw refused("network-scoped aliases are only supported for user-defined networks");
  }
  if (new Set(networks.map(({ target }) => target)).size < networks.length) {
    const twice = networks.find(({ target }, index) => networks.findIndex((other) => other.target === target) !== index)?.target ?? "";
    throw refused(`network ${JSON.stringify(twice)} is specified multiple times`);
  }
  const modes = networks.filter(({ target }) => !isUserDefined(target));
  if (networks.length > 1 && modes.length > 0 && modes.length < networks.length) {
    throw refused("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
  }
  return networks;
}

function applyFlags(first: NetworkOption, flags: FlagValues): NetworkOption {
  const aliases = [...flags.list("network-alias"), ...flags.list("net-alias")];
  const links = isUserDefined(first.target) ? flags.list("link") : [];
  const linkLocal = flags.list("link-local-ip");
  const [ipv4, ipv6, mac] = ["ip", "ip6", "mac-address"].map((name) => flags.text(name));
  const conflicts: readonly (readonly [boolean, string])[] = [
    [aliases.length > 0 && first.aliases.length > 0, "conflicting options: cannot specify both --network-alias and per-network alias"],
    [links.length > 0 && first.links.length > 0, "conflicting options: cannot specify both --link and per-network links"],
    [Boolean(ipv4) && first.ipv4 !== "", "conflicting options: cannot specify both --ip and per-network IPv4 address"],
    [Boolean(ipv6) && first.ipv6 !== "", "conflicting options: cannot specify both --ip6 and per-network IPv6 address"],
    [Boolean(mac) && first.mac !== "", "conflicting options: cannot specify both --mac-address and per-network MAC address"],
    [linkLocal.length > 0 && first.linkLocal.length > 0, "conflicting options: cannot specify both --link-local-ip and per-network link-local IP addresses"],
  ];
  const conflict = conflicts.find(([isThere]) => isThere);
  if (conflict !== undefined) throw refused(conflict[1]);
  if (aliases.length + links.length + linkLocal.length === 0 && !ipv4 && !ipv6 && !mac) return first;
  return {
    ...first,
    aliases: [...first.aliases, ...aliases],
    links: [...first.links, ...links],
    linkLocal: [...first.linkLocal, ...linkLocal],
    ipv4: ipv4 || first.ipv4,
    ipv6: ipv6 || first.ipv6,
    mac: mac || first.mac,
  };
}

/** What the engine is told of a container's place on one network. */
export function endpointOf(option: NetworkOption): Given<EndpointSettings> {
  const { aliases, links, driverOptions, ipv4, ipv6, linkLocal, mac, gatewayPriority } = option;
  if (mac !== "" && !/^(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/.test(mac)) throw refused(`${mac} is not a valid mac address`);
  const hasAddresses = ipv4 !== "" || ipv6 !== "" || linkLocal.length > 0;
  return {
    IPAMConfig: hasAddresses
      ? { ...(ipv4 === "" ? {} : { IPv4Address: ipv4 }), ...(ipv6 === "" ? {} : { IPv6Address: ipv6 }), ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }) }
      : null,
    Links: links.length === 0 ? null : links,
    Aliases: aliases.length === 0 ? null : aliases,
    MacAddress: mac,
    DriverOpts: Object.keys(driverOptions).length === 0 ? null : driverOptions,
    GwPriority: gatewayPriority,
  };
}

function refused(message: string): CommandFailure {
  return new CommandFailure(125, message, { isBlamed: true });
}

function wrong(message: string): EngineError {
  return new EngineError("invalid-argument", message);
}
