import type { Endpoint } from "./contract.ts";

/**
 * The endpoint with the container's default route, to which published ports lead as well: the highest priority, among
 * equals the first of the networks' names, as docker has it. An internal network has no way on.
 */
export function gatewayEndpoint(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const [first] = endpoints
    .filter(({ ipv4, ipv6 }) => ipv4?.gateway !== undefined || ipv6?.gateway !== undefined)
    .toSorted((one, other) => priority(other) - priority(one) || compare(one.networkName, other.networkName));
  return first;
}

function priority({ request }: Endpoint): number {
  return request.gatewayPriority ?? 0;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
