import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ContainerInspect, EndpointSettings } from "../../../api/types/index.ts";
import { endpointsOf, mapValues } from "./endpoints.ts";
import { OlderShape } from "./older-shape.ts";
import { without } from "./without.ts";

/** `inspect` as a version has it: 1.48 brought the image's descriptor, up to 1.44 the short id was an alias. */
export function containerInspectReply(container: ContainerInspect, version: ApiVersion): ContainerInspect | OlderShape {
  if (version >= 48) return container;
  const older = without(container, "ImageManifestDescriptor");
  const networks = endpointsOf(container.NetworkSettings.Networks, version);
  const Networks = version < 45 ? mapValues(networks, (endpoint, name) => withShortId(endpoint, name, container)) : networks;
  return new OlderShape({ ...older, NetworkSettings: { ...container.NetworkSettings, Networks } });
}

function withShortId(endpoint: Partial<EndpointSettings>, network: string, { Id, Config }: ContainerInspect): Partial<EndpointSettings> {
  if (["bridge", "default", "host", "none"].includes(network) || network.startsWith("container:")) return endpoint;
  return { ...endpoint, Aliases: [...new Set([...endpoint.Aliases ?? [], Id.slice(0, 12), Config.Hostname])] };
}
