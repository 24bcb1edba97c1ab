import { formatIpAddress } from "../../base/index.ts";
import type { IpAddress, PortProtocol } from "../../base/index.ts";
import type { MapElement } from "../../host/nftables/index.ts";

/** A published port on its way to a container. */
export interface PortTarget {
  readonly protocol: PortProtocol;
  /** Absent: every address of the host in the family of `address`. */
  readonly hostAddress?: IpAddress;
  /** 0: there is none; the container is reached under its own address and port. */
  readonly hostPort: number;
  readonly address: IpAddress;
  readonly containerPort: number;
}

/** The maps of the firewall table, by name, with the types of key and value; a set has no value. */
export const portMaps = {
  ports4: "type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service",
  ports4_any: "type inet_proto . inet_service : ipv4_addr . inet_service",
  ports6: "type inet_proto . ipv6_addr . inet_service : ipv6_addr . inet_service",
  ports6_any: "type inet_proto . inet_service : ipv6_addr . inet_service",
  routed4: "type ipv4_addr . inet_proto . inet_service",
  routed6: "type ipv6_addr . inet_proto . inet_service",
} as const;

export type PortMapName = keyof typeof portMaps;

/** IPPROTO_*. */
export const protocolNumbers: Readonly<Record<PortProtocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

export function mapOf({ address, hostAddress, hostPort }: PortTarget): PortMapName {
  if (hostPort === 0) return address.family === 4 ? "routed4" : "routed6";
  if (address.family === 4) return hostAddress === undefined ? "ports4_any" : "ports4";
  return hostAddress === undefined ? "ports6_any" : "ports6";
}

/** The element that publishes the port, for a transaction of its own. */
export function elementOf({ protocol, hostAddress, hostPort, address, containerPort }: PortTarget): MapElement {
  if (hostPort === 0) return { key: [{ address }, { protocol: protocolNumbers[protocol] }, { port: containerPort }] };
  return {
    key: [
      { protocol: protocolNumbers[protocol] },
      ...(hostAddress === undefined ? [] : [{ address: hostAddress }]),
      { port: hostPort },
    ],
    data: [{ address }, { port: containerPort }],
  };
}

/** The same element as nft writes it. */
export function describeTarget(target: PortTarget): { map: PortMapName; text: string } {
  const { protocol, hostAddress, hostPort, address, containerPort } = target;
  if (hostPort === 0) return { map: mapOf(target), text: `${formatIpAddress(address)} . ${protocol} . ${containerPort}` };
  const key = [protocol, ...(hostAddress === undefined ? [] : [formatIpAddress(hostAddress)]), hostPort.toString()].join(" . ");
  return { map: mapOf(target), text: `${key} : ${formatIpAddress(address)} . ${containerPort}` };
}
