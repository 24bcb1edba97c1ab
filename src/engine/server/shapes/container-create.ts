import type { ApiVersion } from "../../../api/operations/index.ts";
import type { ContainerCreateBody, HostConfig, Mount } from "../../../api/types/index.ts";
import { without } from "./without.ts";

/** What a body means that was written for an older version: fields it could not know are dropped, its defaults are kept. */
export function containerCreateRequest(body: ContainerCreateBody, version: ApiVersion): ContainerCreateBody {
  if (version >= 44) return body;
  const { Healthcheck, ...rest } = body;
  const health = Healthcheck === undefined ? {} : { Healthcheck: without(Healthcheck, "StartInterval") };
  return { ...rest, ...health, HostConfig: hostConfigOf(body.HostConfig, version) };
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
