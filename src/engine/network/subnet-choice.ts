import { createHash } from "node:crypto";
import { EngineError, addressBits, ipAddressFromBytes, networkOf, networkSize, networksOverlap, parseIpPrefix } from "../../base/index.ts";
import type { IpNetwork } from "../../base/index.ts";

interface SubnetPool {
  readonly range: IpNetwork;
  /** Prefix length of the subnets that are cut from the range. */
  readonly size: number;
}

/** docker's own first, then room for thousands. */
const pools: readonly SubnetPool[] = [
  ["172.17.0.0/16", 16],
  ["172.18.0.0/15", 16],
  ["172.20.0.0/14", 16],
  ["172.24.0.0/13", 16],
  ["192.168.0.0/16", 20],
  ["10.192.0.0/10", 22],
].map(([range, size]) => ({ range: parseIpPrefix(String(range)).network, size: Number(size) }));

/**
 * The first subnet of the pools that overlaps nothing in use.
 * @throws EngineError `unavailable` when none is left.
 */
export function chooseSubnet(used: readonly IpNetwork[]): IpNetwork {
  const spans = used.filter(({ address }) => address.family === 4).map(spanOf).sort((one, other) => Number(one.first - other.first));
  for (const { range, size } of pools) {
    const subnet = firstGap(spanOf(range), spans, 1n << BigInt(addressBits(4) - size));
    if (subnet !== undefined) return { address: { family: 4, value: subnet }, prefixLength: size };
  }
  throw new EngineError("unavailable", "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network", {
    hint: "name a free subnet yourself (--bip for the default bridge, --subnet for a network)",
  });
}

/**
 * An IPv6 subnet of the machine's own (RFC 4193): the same for the same seed, so that it stays across restarts.
 * @param seed what the machine and the network are called
 */
export function chooseSubnet6(seed: string, used: readonly IpNetwork[]): IpNetwork {
  for (let attempt = 0; ; attempt++) {
    const bytes = createHash("sha256").update(`${seed}\n${attempt}`).digest().subarray(0, 16);
    bytes[0] = 0xfd;
    const subnet = networkOf(ipAddressFromBytes(bytes), 64);
    if (!used.some((network) => networksOverlap(network, subnet))) return subnet;
  }
}

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

function spanOf(network: IpNetwork): Span {
  return { first: network.address.value, last: network.address.value + networkSize(network) - 1n };
}

/** The first multiple of `step` in the range with as many addresses that none of the spans, sorted, touches. */
function firstGap(range: Span, spans: readonly Span[], step: bigint): bigint | undefined {
  let candidate = range.first;
  for (const { first, last } of spans) {
    if (first >= candidate + step) break;
    if (last >= candidate) candidate = (last / step + 1n) * step;
  }
  return candidate + step - 1n <= range.last ? candidate : undefined;
}
