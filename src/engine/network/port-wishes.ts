import { EngineError, parsePublishedPorts } from "../../base/index.ts";
import type { PublishedPort } from "../../base/index.ts";
import type { PortMap } from "../../api/types/index.ts";

export interface PortWishes {
  /** HostConfig.PortBindings. */
  readonly bindings: PortMap | null;
  /** HostConfig.PublishAllPorts. */
  readonly publishAll: boolean;
  /** Exposed ports, as "80/tcp". */
  readonly exposed: readonly string[];
}

/**
 * What a container publishes, from the fields of its HostConfig.
 * @throws EngineError `invalid-argument` with docker's text for a port that is none.
 */
export function publishedPorts({ bindings, publishAll, exposed }: PortWishes): PublishedPort[] {
  const given = Object.entries(bindings ?? {});
  const wished = given.flatMap(([port, hosts]) =>
    (hosts === null || hosts.length === 0 ? [{ HostIp: "", HostPort: "" }] : hosts).flatMap(({ HostIp, HostPort }) => parseBinding(port, { address: HostIp, hostPort: HostPort })));
  const names = new Set(given.map(([port]) => port));
  const remaining = publishAll ? exposed.filter((port) => !names.has(port)) : [];
  return [...wished, ...remaining.flatMap((port) => parseBinding(port, { address: "", hostPort: "" }))];
}

function parseBinding(port: string, { address, hostPort }: { address: string; hostPort: string }): PublishedPort[] {
  if (!/^\d+(\/\w+)?$/.test(port)) throw new EngineError("invalid-argument", `invalid port specification: ${JSON.stringify(port)}`);
  const host = address.includes(":") ? `[${address}]` : address;
  const prefix = host === "" && hostPort === "" ? "" : `${host === "" ? "" : `${host}:`}${hostPort}:`;
  return parsePublishedPorts(`${prefix}${port}`);
}
