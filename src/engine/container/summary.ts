import type { ContainerSummary, Port } from "../../api/types/index.ts";
import { millisecondsOf } from "../../base/index.ts";
import { commandLine } from "../spec/index.ts";
import type { Container } from "./container.ts";
import { mountPoints } from "./mounts.ts";
import { networksOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import { statusOf } from "./state.ts";
import { statusText } from "./status-text.ts";

/** A row of the list, from memory. @param now milliseconds since the epoch */
export function summarize(container: Container, parts: ContainerParts, now: number): ContainerSummary {
  const { record } = container;
  const { config, hostConfig, imageId } = record;
  const { Networks } = parts.networks.settings(networksOf(container));
  const image = parts.images.get(imageId);
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: shownImage(record.config.Image, imageId, parts),
    ImageID: imageId,
    ...(image === undefined ? {} : { ImageManifestDescriptor: image.manifest }),
    Command: shownCommand(commandLine(config)),
    Created: Math.floor(millisecondsOf(record.created) / 1000),
    Ports: portsOf(container, parts),
    Labels: config.Labels ?? {},
    State: statusOf(record.state, container),
    Status: statusText(record.state, container, now),
    HostConfig: { NetworkMode: hostConfig.NetworkMode, ...(hostConfig.Annotations === undefined ? {} : { Annotations: hostConfig.Annotations }) },
    NetworkSettings: { Networks },
    Mounts: mountPoints(record, parts.volumes),
  };
}

/** The name that was asked for, while it still means this image; else its id. */
function shownImage(asked: string, id: ContainerSummary["ImageID"], { images }: ContainerParts): string {
  try {
    return images.resolve(asked).id === id ? asked : id;
  } catch {
    // Any name that means nothing now is shown as the id, whatever the reason.
    return id;
  }
}

function shownCommand(args: readonly string[]): string {
  const [path = "", ...rest] = args;
  return [path, ...rest.map((word) => (/[\s"']/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word))].join(" ");
}

/** What is published while it runs, and what is only exposed. */
export function portsOf({ record, isRunning }: Container, { networks }: ContainerParts): readonly Port[] {
  if (!isRunning) return [];
  const bound = networks.sandbox(record.id)?.ports ?? [];
  const published = new Set(bound.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const exposed = Object.keys(record.config.ExposedPorts ?? {}).filter((port) => !published.has(port)).flatMap((port): Port[] => {
    const [, number = "", type = "tcp"] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(port) ?? [];
    return number === "" ? [] : [{ PrivatePort: Number(number), Type: type === "udp" || type === "sctp" ? type : "tcp" }];
  });
  const open = bound.map(({ containerPort, protocol, hostAddress, hostPort }): Port => ({ IP: hostAddress, PrivatePort: containerPort, PublicPort: hostPort, Type: protocol }));
  return [...exposed, ...open];
}
