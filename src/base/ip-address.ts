import { EngineError } from "./engine-error.ts";

export type IpFamily = 4 | 6;

/** An address as a number, so that ranges and neighbours are arithmetic. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** A network: `value` of the address has no bits beyond the prefix. */
export interface IpNetwork {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4Pattern = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv6Group = /^[0-9a-fA-F]{1,4}$/;

/**
 * Which kind of address a text is; undefined for none, and for an IPv6 address with a zone (RFC 4291, section 2.2).
 * The platform's own check lies in a module that costs a command more time to load than all of this one.
 */
export function ipFamily(text: string): IpFamily | undefined {
  if (ipv4Pattern.test(text)) return 4;
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return undefined;
  const counts = halves.map((half, i) => groupCount(half, i === halves.length - 1));
  if (counts.some((count) => count === undefined)) return undefined;
  const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return (halves.length === 2 ? total <= 7 : total === 8) ? 6 : undefined;
}

/** How many 16-bit groups a run is; the address's last may be written as IPv4, which is two. */
function groupCount(run: string, isLast: boolean): number | undefined {
  if (run === "") return 0;
  const groups = run.split(":");
  const tail = groups.at(-1) ?? "";
  const hasTail = isLast && ipv4Pattern.test(tail);
  const plain = hasTail ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => ipv6Group.test(group))) return undefined;
  return plain.length + (hasTail ? 2 : 0);
}

/** @throws EngineError `invalid-argument`, also for an IPv6 address with a zone. */
export function parseIpAddress(text: string): IpAddress {
  const family = ipFamily(text);
  if (family === 4) return { family, value: ipv4Value(text) };
  if (family === 6) return { family, value: ipv6Value(text) };
  throw new EngineError("invalid-argument", `invalid IP address: ${JSON.stringify(text.slice(0, 80))}`);
}

/** The shortest form; of IPv6 the canonical text of RFC 5952, IPv4-mapped addresses with a dotted tail. */
export function formatIpAddress({ family, value }: IpAddress): string {
  if (family === 4) return dotted(value);
  if (value >> 32n === 0xffffn) return `::ffff:${dotted(value & 0xffff_ffffn)}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const zeros = longestZeroRun(groups);
  if (zeros.length < 2) return groups.join(":");
  return `${groups.slice(0, zeros.start).join(":")}::${groups.slice(zeros.start + zeros.length).join(":")}`;
}

/** Network byte order: 4 or 16 bytes. */
export function ipAddressBytes({ family, value }: IpAddress): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  for (let index = bytes.length - 1, rest = value; index >= 0; index--, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

/** @param bytes 4 or 16 of them, in network byte order. */
export function ipAddressFromBytes(bytes: Uint8Array): IpAddress {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { family: bytes.length === 4 ? 4 : 6, value };
}

/**
 * Parses "address/prefix" into the address as it is given and the network that it lies in.
 * @throws EngineError `invalid-argument`.
 */
export function parseIpPrefix(text: string): { address: IpAddress; network: IpNetwork } {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const prefixLength = Number(match?.[2]);
  if (match?.[1] === undefined) throw new EngineError("invalid-argument", `invalid CIDR address: ${text.slice(0, 80)}`);
  const address = parseIpAddress(match[1]);
  if (prefixLength > addressBits(address.family)) throw new EngineError("invalid-argument", `invalid CIDR address: ${text}`);
  return { address, network: networkOf(address, prefixLength) };
}

export function formatIpNetwork({ address, prefixLength }: IpNetwork): string {
  return `${formatIpAddress(address)}/${prefixLength}`;
}

export function networkOf({ family, value }: IpAddress, prefixLength: number): IpNetwork {
  const hostBits = BigInt(addressBits(family) - prefixLength);
  return { address: { family, value: (value >> hostBits) << hostBits }, prefixLength };
}

/** How many addresses a network has, its own and the broadcast address among them. */
export function networkSize({ address, prefixLength }: IpNetwork): bigint {
  return 1n << BigInt(addressBits(address.family) - prefixLength);
}

/** The network's address plus `offset`. */
export function addressInNetwork(network: IpNetwork, offset: bigint): IpAddress {
  return { family: network.address.family, value: network.address.value + offset };
}

export function networkContains(network: IpNetwork, address: IpAddress): boolean {
  return network.address.family === address.family
    && networkOf(address, network.prefixLength).address.value === network.address.value;
}

export function networksOverlap(one: IpNetwork, other: IpNetwork): boolean {
  return networkContains(one, other.address) || networkContains(other, one.address);
}

export function addressBits(family: IpFamily): number {
  return family === 4 ? 32 : 128;
}

function ipv4Value(text: string): bigint {
  return text.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function ipv6Value(text: string): bigint {
  const tail = /[^:]*$/.exec(text)?.[0] ?? "";
  const plain = tail.includes(".")
    ? text.slice(0, -tail.length) + [ipv4Value(tail) >> 16n, ipv4Value(tail) & 0xffffn].map((part) => part.toString(16)).join(":")
    : text;
  const [head, rest] = plain.split("::");
  const before = groupsOf(head);
  const after = groupsOf(rest);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function groupsOf(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : text.split(":");
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join(".");
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0") end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
