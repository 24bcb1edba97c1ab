import type { ContainerConfig } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import type { NetworkMode } from "../network/index.ts";
import { plainEndpoint } from "./network-request.ts";
import type { ContainerRecord } from "./record.ts";

export interface PlacedAddress {
  readonly config: ContainerConfig;
  readonly endpoints: ContainerRecord["endpoints"];
  readonly warnings: readonly string[];
}

const deprecated = "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.";

/**
 * The hardware address of the whole container is that of its end of the network that its mode names; docker's rules.
 * @throws EngineError `invalid-argument`, docker's text, where that end has another address
 */
export function placeMacAddress(config: ContainerConfig, mode: NetworkMode, endpoints: ContainerRecord["endpoints"]): PlacedAddress {
  const { MacAddress: address, ...rest } = config;
  if (address === undefined) return { config, endpoints, warnings: [] };
  if (mode.kind !== "network") return { config: rest, endpoints, warnings: [deprecated] };
  const name = mode.name === "bridge" && endpoints.default !== undefined ? "default" : mode.name;
  const endpoint = endpoints[name] ?? plainEndpoint;
  if (endpoint.MacAddress !== "" && endpoint.MacAddress !== address) {
    throw new EngineError("invalid-argument", "the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");
  }
  return { config: rest, endpoints: { ...endpoints, [name]: { ...endpoint, MacAddress: address } }, warnings: [deprecated] };
}
