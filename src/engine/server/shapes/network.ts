import type { ApiVersion } from "../../../api/operations/index.ts";
import type { Network } from "../../../api/types/index.ts";
import { OlderShape } from "./older-shape.ts";
import { without } from "./without.ts";

/** Before 1.48 every network had IPv4. */
export function networkInspectReply(network: Network, version: ApiVersion): Network | OlderShape {
  return version >= 48 ? network : new OlderShape(without(network, "EnableIPv4"));
}

export function networkListReply(networks: readonly Network[], version: ApiVersion): readonly Network[] | OlderShape {
  return version >= 48 ? networks : new OlderShape(networks.map((network) => without(network, "EnableIPv4")));
}
