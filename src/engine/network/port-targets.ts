import { parseIpAddress } from "../../base/index.ts";
import { endpointAddresses } from "./bridge-network.ts";
import type { Sandbox } from "./contract.ts";
import { gatewayEndpoint } from "./gateway-endpoint.ts";
import type { PortTarget } from "./port-map.ts";

/** Where the firewall has to send what arrives at a container's ports. */
export function targetsOf({ endpoints, ports }: Pick<Sandbox, "endpoints" | "ports">): PortTarget[] {
  const gateway = gatewayEndpoint(endpoints);
  const addresses = new Map((gateway === undefined || gateway.driver === "macvlan" ? [] : endpointAddresses(gateway)).map((address) => [address.family, address]));
  return ports.flatMap(({ containerPort, protocol, hostAddress, hostPort }) => {
    const host = parseIpAddress(hostAddress);
    const address = addresses.get(host.family);
    if (address === undefined) return [];
    return [{ protocol, hostPort, address, containerPort, ...(host.value === 0n ? {} : { hostAddress: host }) }];
  });
}
