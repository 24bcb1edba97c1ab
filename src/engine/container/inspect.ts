import type { ContainerInspect } from "../../api/types/index.ts";
import { commandLine } from "../spec/index.ts";
import type { Container } from "./container.ts";
import { shownLinks } from "./links.ts";
import { mountPoints } from "./mounts.ts";
import { modeOf, networksOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";
import { describeState } from "./state.ts";

/** Everything about a container, from memory; sizes are read from disk where they are asked for. */
export async function inspectContainer(container: Container, { size, registry }: { readonly size: boolean; readonly registry: ContainerRegistry }, parts: ContainerParts): Promise<ContainerInspect> {
  const { record } = container;
  const { id, config, hostConfig, imageId } = record;
  const { snapshotter, networks, images, places } = parts;
  const [path = "", ...args] = commandLine(config);
  const image = images.get(imageId);
  const mode = modeOf(record);
  const files = mode.kind === "container" ? mode.container : id;
  return {
    Id: id,
    Created: record.created,
    Path: path,
    Args: args,
    State: describeState(record.state, container),
    Image: imageId,
    ResolvConfPath: places.file(files, "resolv.conf"),
    HostnamePath: places.file(files, "hostname"),
    HostsPath: places.file(files, "hosts"),
    LogPath: hostConfig.LogConfig.Type === "json-file" ? places.log(id) : "",
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: snapshotter.name,
    Platform: "linux",
    ...(image === undefined ? {} : { ImageManifestDescriptor: image.manifest }),
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: container.execs.size === 0 ? null : [...container.execs],
    HostConfig: { ...hostConfig, Links: shownLinks(record, registry) },
    GraphDriver: { Data: snapshotter.describe(id), Name: snapshotter.name },
    ...(size ? await sizesOf(container, parts) : {}),
    Mounts: mountPoints(record, parts.volumes),
    Config: config,
    NetworkSettings: networks.settings(networksOf(container)),
  };
}

/** Bytes that the container wrote, and with those of its image. */
export async function sizesOf({ id }: Container, { snapshotter }: ContainerParts): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const SizeRw = await snapshotter.usage(id);
  let below = 0;
  for (let chain = snapshotter.chainOf(id); chain !== undefined; ) {
    const layer = snapshotter.layer(chain);
    below += layer.size;
    chain = layer.parent;
  }
  return { SizeRw, SizeRootFs: SizeRw + below };
}
