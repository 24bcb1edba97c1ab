import { formatIpAddress, formatIpNetwork, parseIpAddress, parseIpPrefix } from "../../base/index.ts";
import type { IpAddress, IpNetwork } from "../../base/index.ts";
import type { MacvlanMode } from "../../host/netlink/index.ts";
import { readMacvlanOptions } from "./macvlan-options.ts";
import { parseGatewayMode } from "./bridge-options.ts";
import type { GatewayModes } from "./bridge-options.ts";
import { flag, list, number, object, optional, text, texts } from "./stored-json.ts";

/** What a network on a bridge of its own, or on a link of the machine, is, as it was created. */
export interface NetworkDefinition {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Name of the bridge's link; on a link of the machine, of that one. */
  readonly bridge: string;
  /** Absent: a bridge of its own. */
  readonly macvlan?: { readonly mode: MacvlanMode };
  /** At most one of each family. */
  readonly subnets: readonly SubnetDefinition[];
  /** No way out of it, and no way in. */
  readonly internal: boolean;
  readonly attachable: boolean;
  /** Containers on it may talk to each other. */
  readonly interContainer: boolean;
  /** What leaves it has the machine's address. */
  readonly masquerade: boolean;
  /** Host address of published ports that name none. */
  readonly hostBinding?: string;
  readonly mtu?: number;
  /** Of interfaces in containers; absent: eth. */
  readonly interfacePrefix?: string;
  /** Absent: nat. */
  readonly gatewayModes?: GatewayModes;
  readonly labels: Readonly<Record<string, string>>;
  /** Options of the address management, as they were given; none has a meaning. */
  readonly ipamOptions?: Readonly<Record<string, string>>;
  /** As they were given, for inspect. */
  readonly options: Readonly<Record<string, string>>;
}

export interface SubnetDefinition {
  readonly network: IpNetwork;
  readonly gateway: IpAddress;
  /** The part that addresses are given from. */
  readonly range?: IpNetwork;
  /** Addresses of others, by what they are called; never given. */
  readonly reserved: Readonly<Record<string, string>>;
}

/** The record's form, in texts. */
export function encodeDefinition(definition: NetworkDefinition): unknown {
  return {
    ...definition,
    subnets: definition.subnets.map(({ network, gateway, range, reserved }) => ({
      network: formatIpNetwork(network),
      gateway: formatIpAddress(gateway),
      ...(range === undefined ? {} : { range: formatIpNetwork(range) }),
      reserved,
    })),
  };
}

export function decodeDefinition(raw: unknown): NetworkDefinition {
  const value = object(raw);
  return {
    id: text(value["id"]),
    name: text(value["name"]),
    createdAt: text(value["createdAt"]),
    bridge: text(value["bridge"]),
    ...optional("macvlan", value["macvlan"], decodeMacvlan),
    subnets: list(value["subnets"], decodeSubnet),
    internal: flag(value["internal"]),
    attachable: flag(value["attachable"]),
    interContainer: flag(value["interContainer"]),
    masquerade: flag(value["masquerade"]),
    ...optional("hostBinding", value["hostBinding"], text),
    ...optional("mtu", value["mtu"], number),
    ...optional("interfacePrefix", value["interfacePrefix"], text),
    ...optional("gatewayModes", value["gatewayModes"], decodeModes),
    labels: texts(value["labels"]),
    ...optional("ipamOptions", value["ipamOptions"], texts),
    options: texts(value["options"]),
  };
}

function decodeMacvlan(raw: unknown): { mode: MacvlanMode } {
  return { mode: readMacvlanOptions({ parent: "stored", macvlan_mode: text(object(raw)["mode"]) }).mode };
}

function decodeModes(raw: unknown): GatewayModes {
  const modes = texts(raw);
  return { 4: parseGatewayMode(modes["4"] ?? "") ?? "nat", 6: parseGatewayMode(modes["6"] ?? "") ?? "nat" };
}

function decodeSubnet(raw: unknown): SubnetDefinition {
  const value = object(raw);
  return {
    network: parseIpPrefix(text(value["network"])).network,
    gateway: parseIpAddress(text(value["gateway"])),
    ...optional("range", value["range"], (range) => parseIpPrefix(text(range)).network),
    reserved: texts(value["reserved"]),
  };
}
