import { readFileSync, writeFileSync } from "node:fs";
import type { HostConfig } from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import { replaceHostsEntry, type Endpoint, type HostsEntry } from "../network/index.ts";
import type { Container } from "./container.ts";
import { linkEnvironment } from "./link-environment.ts";
import { modeOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";

/*
 * `--link` on the default bridge, from before there were names on networks: an entry in /etc/hosts and variables that
 * tell of the other container. A record holds links as "id:alias:name", so that renames change nothing, and the name is
 * known of one that is gone.
 */

export interface LinkParts {
  readonly parts: Pick<ContainerParts, "networks" | "places">;
  readonly registry: ContainerRegistry;
}

interface Link {
  readonly id: string;
  readonly alias: string;
  /** Without a slash. */
  readonly name: string;
  /** Absent: it was removed. */
  readonly target?: Container;
}

/** HostConfig.Links as a record keeps them. @throws EngineError `invalid-argument` in docker's words */
export function completeLinks({ Links: links, NetworkMode: mode }: Pick<HostConfig, "Links" | "NetworkMode">, registry: ContainerRegistry): readonly string[] | null {
  if (links === null || links.length === 0) return links;
  if (mode === "host") throw new EngineError("invalid-argument", "conflicting options: host type networking can't be used with links. This would result in undefined behavior");
  if (mode.startsWith("container:")) {
    throw new EngineError("invalid-argument", "conflicting options: container type network can't be used with links. This would result in undefined behavior");
  }
  // There a link is a name, and asked for with the endpoint; docker's command line says it in both places.
  if (!["", "default", "bridge"].includes(mode)) return null;
  return links.map((link) => {
    const [name = "", alias = name.replace(/^\//, ""), ...more] = link.split(":");
    if (name === "" || more.length > 0) throw new EngineError("invalid-argument", `bad format for links: ${link}`);
    const target = findTarget(name, registry);
    return `${target.id}:${alias.slice(alias.lastIndexOf("/") + 1)}:${target.record.name}`;
  });
}

/** A container's links, in the order in which they were asked for. */
function linksOf({ hostConfig }: ContainerRecord, registry: ContainerRegistry): Link[] {
  return (hostConfig.Links ?? []).map((link) => {
    const [id = "", alias = "", lastName = ""] = link.split(":");
    const target = registry.get(id);
    return target === undefined ? { id, alias, name: lastName } : { id, alias, name: target.record.name, target };
  });
}

/** As inspect shows them: "/db:/web/alias". */
export function shownLinks(record: ContainerRecord, registry: ContainerRegistry): readonly string[] | null {
  const links = linksOf(record, registry).map(({ name, alias }) => `/${name}:/${record.name}/${alias}`);
  return links.length === 0 ? null : links;
}

/** What others call containers, by id, as lists show it: "/web/alias". */
export function linkNames(registry: ContainerRegistry): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { record } of registry.all()) {
    for (const { id, alias } of linksOf(record, registry)) names.set(id, [...names.get(id) ?? [], `/${record.name}/${alias}`]);
  }
  return names;
}

/** Ids of those that have to run before a container starts. */
export function linkedIds(record: ContainerRecord, registry: ContainerRegistry): string[] {
  return linksOf(record, registry).map(({ id }) => id);
}

/** `rm --link web/alias`: the containers stay, and web starts without the other from now on. @throws EngineError `not-found` */
export function removeLink(reference: string, registry: ContainerRegistry): void {
  const [, name = "", alias = ""] = /^\/?([^/]+)\/([^/]+)$/.exec(reference) ?? [];
  if (name === "") throw new EngineError("conflict", `Conflict, cannot remove the default link name of the container: ${reference}`);
  const parent = registry.find(name);
  const found = linksOf(parent.record, registry).find((link) => link.alias === alias);
  if (found === undefined) throw new EngineError("not-found", `No such container: ${reference}`);
  const { hostConfig } = parent.record;
  const Links = (hostConfig.Links ?? []).filter((link) => !link.startsWith(`${found.id}:${alias}:`));
  registry.save(parent, { hostConfig: { ...hostConfig, Links: Links.length === 0 ? null : Links } });
}

/** Variables for the programs of a container that has links, and whose targets run. Only on the default bridge; elsewhere links are names. */
export function linkVariables(record: ContainerRecord, { parts, registry }: LinkParts): string[] {
  if (bridgeEndpoint(record.id, parts) === undefined) return [];
  return linksOf(record, registry).flatMap(({ id, target, alias }) => {
    const address = bridgeEndpoint(id, parts)?.ipv4?.address;
    if (address === undefined || target === undefined) return [];
    const { ExposedPorts: ports, Env: environment } = target.record.config;
    return linkEnvironment({ alias, parent: record.name, address, ports: Object.keys(ports ?? {}), environment: environment ?? [] });
  });
}

/** Entries in the hosts file of a container that has links. @throws EngineError `conflict` for one whose target does not run, as docker has it */
export function linkHosts(record: ContainerRecord, { parts, registry }: LinkParts): HostsEntry[] {
  const mode = modeOf(record);
  if (mode.kind !== "network" || mode.name !== "bridge") return [];
  return linksOf(record, registry).flatMap((link) => entriesOf(link, requireLinked(record, link, parts)));
}

/** A container that has just got its addresses is found under them by those that are linked to it. Variables stay as they were, as docker has it. */
export function refreshLinks(id: string, { parts, registry }: LinkParts): void {
  const endpoint = bridgeEndpoint(id, parts);
  if (endpoint === undefined) return;
  for (const { record, isRunning } of registry.all()) {
    const links = isRunning ? linksOf(record, registry).filter((link) => link.id === id) : [];
    if (links.length === 0 || bridgeEndpoint(record.id, parts) === undefined) continue;
    const path = parts.places.file(record.id, "hosts");
    const entries = links.flatMap((link) => entriesOf(link, endpoint));
    // In place, since the container has it mounted.
    writeFileSync(path, entries.reduce(replaceHostsEntry, readFileSync(path, "utf8")));
  }
}

function entriesOf({ target, name, alias }: Link, { ipv4, ipv6 }: Endpoint): HostsEntry[] {
  const names = [alias, ...(target === undefined ? [] : [target.record.config.Hostname]), ...(alias === name ? [] : [name])];
  return [ipv4, ipv6].filter((address) => address !== undefined).map(({ address }) => ({ address, names }));
}

function requireLinked(record: ContainerRecord, { target, name, alias }: Link, parts: LinkParts["parts"]): Endpoint {
  if (target?.isRunning !== true) throw new EngineError("conflict", `Cannot link to a non running container: /${name} AS /${record.name}/${alias}`);
  const endpoint = bridgeEndpoint(target.id, parts);
  if (endpoint === undefined) throw new EngineError("conflict", `container ${target.id} not attached to default bridge network`);
  return endpoint;
}

function bridgeEndpoint(id: string, { networks }: LinkParts["parts"]): Endpoint | undefined {
  return networks.sandbox(id)?.endpoints.find(({ networkName }) => networkName === "bridge");
}

/** A container that joined another's network is reached there. */
function findTarget(name: string, registry: ContainerRegistry): Container {
  const target = find(name, registry);
  const mode = modeOf(target.record);
  if (mode.kind === "host") throw new EngineError("invalid-argument", "conflicting options: host type networking can't be used with links. This would result in undefined behavior");
  return mode.kind === "container" ? findTarget(mode.container, registry) : target;
}

/** Said as a fault of the request: a command line takes "not found" for an image that is to be pulled. */
function find(name: string, registry: ContainerRegistry): Container {
  try {
    return registry.find(name);
  } catch (cause) {
    if (!isEngineError(cause, "not-found")) throw cause;
    throw new EngineError("invalid-argument", `could not get container for ${name}: ${cause.message}`, { cause });
  }
}
