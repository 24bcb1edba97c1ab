import type { ApiVersion } from "../../../api/operations/index.ts";
import { endpointSettings } from "../../../api/bodies/index.ts";
import type { ContainerCreateBody, HostConfig, Mount, NetworkingConfig } from "../../../api/types/index.ts";
import { EngineError } from "../../../base/index.ts";
import { without } from "./without.ts";

/** What a body means that was written for an older version: fields it could not know are dropped, its defaults are kept. */
export function containerCreateRequest(body: ContainerCreateBody, version: ApiVersion): ContainerCreateBody {
  if (version >= 44) return body;
  const { Healthcheck, ...rest } = without(body, "MacAddress");
  const health = Healthcheck === undefined ? {} : { Healthcheck: without(Healthcheck, "StartInterval") };
  return { ...rest, ...health, HostConfig: hostConfigOf(body.HostConfig, version), NetworkingConfig: networkingOf(body) };
}

/** Before 1.44 a container had one hardware address, and the ends of its networks had none of their own. */
function networkingOf({ MacAddress: address, HostConfig: { NetworkMode: mode }, NetworkingConfig: networking }: ContainerCreateBody): NetworkingConfig {
  const given = Object.entries(networking.EndpointsConfig ?? {}).map(([name, endpoint]) => [name, { ...endpoint, MacAddress: "" }] as const);
  const endpoints = Object.fromEntries(given);
  if (address === undefined) return { ...networking, ...(networking.EndpointsConfig === null ? {} : { EndpointsConfig: endpoints }) };
  if (mode === "host" || mode === "none" || mode.startsWith("container:")) throw new EngineError("invalid-argument", "conflicting options: mac-address and the network mode");
  const isDefault = ["", "default", "bridge"].includes(mode);
  const name = isDefault ? (endpoints.bridge === undefined ? "default" : "bridge") : mode;
  return { ...networking, EndpointsConfig: { ...endpoints, [name]: { ...(endpoints[name] ?? endpointSettings(undefined, "")), MacAddress: address } } };
}

function hostConfigOf(config: HostConfig, version: ApiVersion): HostConfig {
  const { Annotations, KernelMemory, Mounts, ...rest } = config;
  return {
    ...rest,
    ...(version >= 43 && Annotations !== undefined ? { Annotations } : {}),
    ...(version < 42 && KernelMemory !== undefined ? { KernelMemory } : {}),
    ...(Mounts === undefined ? {} : { Mounts: Mounts.map((mount) => mountOf(mount, version)) }),
    ...(version < 42 ? { ConsoleSize: [0, 0] as const } : {}),
    ...(version < 41 && config.CgroupnsMode === "" ? { CgroupnsMode: "host" } : {}),
    ...(version < 40 && config.IpcMode === "" ? { IpcMode: "shareable" } : {}),
  };
}

function mountOf(mount: Mount, version: ApiVersion): Mount {
  if (mount.BindOptions === undefined) return mount;
  const { CreateMountpoint, NonRecursive, ...bind } = without(mount.BindOptions, "ReadOnlyNonRecursive", "ReadOnlyForceRecursive");
  return {
    ...mount,
    BindOptions: {
      ...bind,
      ...(version >= 42 && CreateMountpoint !== undefined ? { CreateMountpoint } : {}),
      ...(version >= 40 && NonRecursive !== undefined ? { NonRecursive } : {}),
    },
  };
}
