import { formatIpAddress, ipAddressBytes } from "../../base/index.ts";
import type { IpAddress, PortProtocol } from "../../base/index.ts";
import { Descriptor, succeed, systemCall } from "../libc/index.ts";

const socket = systemCall<[number, number, number]>("socket", "iii");
const bind = systemCall<[number, Uint8Array, number]>("bind", "ipi");
const listen = systemCall<[number, number]>("listen", "ii");
const setsockopt = systemCall<[number, number, number, Uint8Array, number]>("setsockopt", "iiipi");

/** sys/socket.h and netinet/in.h. */
const families = { 4: 2, 6: 10 } as const;
const closeOnExec = 0o2000000;
const kinds: Readonly<Record<PortProtocol, { type: number; protocol: number }>> = {
  tcp: { type: 1, protocol: 6 },
  udp: { type: 2, protocol: 17 },
  sctp: { type: 1, protocol: 132 },
};
const levelSocket = 1;
const optionReuseAddress = 2;
const levelIpv6 = 41;
const optionIpv6Only = 26;

export interface PortAddress {
  readonly protocol: PortProtocol;
  /** All zeros: every address of the family. */
  readonly address: IpAddress;
  readonly port: number;
}

/**
 * Holds a port of the machine: nobody else can bind it until the descriptor is closed. Nothing is ever accepted on it;
 * packets for a published port are turned to the container before they would reach a socket.
 * @throws SystemError EADDRINUSE when somebody has it, EADDRNOTAVAIL when the machine has no such address,
 *   EPROTONOSUPPORT when the kernel lacks the protocol (sctp).
 */
export function holdPort({ protocol, address, port }: PortAddress): Descriptor {
  const kind = kinds[protocol];
  const attempt = () => `bind ${protocol} port ${port} of ${formatIpAddress(address)}`;
  const held = new Descriptor(succeed(socket(families[address.family], kind.type | closeOnExec, kind.protocol), attempt));
  try {
    // Without it a connection that the machine itself closed a minute ago would keep the port; for udp it would allow sharing.
    if (protocol !== "udp") switchOn(held, levelSocket, optionReuseAddress);
    if (address.family === 6) switchOn(held, levelIpv6, optionIpv6Only);
    const name = socketAddress(address, port);
    succeed(bind(held.number, name, name.length), attempt);
    // Two sockets that only bind may share the port, of which one listens they may not.
    if (protocol !== "udp") succeed(listen(held.number, 1), attempt);
    return held;
  } catch (error) {
    held.close();
    throw error;
  }
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(address: IpAddress, port: number): Buffer {
  const isV4 = address.family === 4;
  const bytes = Buffer.alloc(isV4 ? 16 : 28);
  bytes.writeUInt16LE(families[address.family]);
  bytes.writeUInt16BE(port, 2);
  bytes.set(ipAddressBytes(address), isV4 ? 4 : 8);
  return bytes;
}

function switchOn(held: Descriptor, level: number, option: number): void {
  const one = Buffer.from([1, 0, 0, 0]);
  succeed(setsockopt(held.number, level, option, one, one.length), () => "set up a socket");
}
