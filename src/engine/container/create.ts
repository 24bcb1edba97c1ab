import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { hostname as hostHostname } from "node:os";
import { isIP } from "node:net";
import type { ContainerConfig, ContainerCreateReply, HostConfig } from "../../api/types/index.ts";
import { EngineError, formatTimestamp, isEngineError, parseSignal, parseUserString } from "../../base/index.ts";
import { openTree } from "../../host/files/index.ts";
import type { Image } from "../image/index.ts";
import { requireUsableLog } from "../logs/index.ts";
import { parseNetworkMode, publishedPorts } from "../network/index.ts";
import type { ContainerCreateRequest } from "../server/index.ts";
import {
  collectMountWishes, commandLine, dropUnfulfillable, hostCautions, mergeConfig, refuseUnsupported, resolveCapabilities, resolveSecurity, validateResources, validateUlimits,
  withSwap, type MountWishes, type VolumeWish,
} from "../spec/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import { Container } from "./container.ts";
import { inheritMounts } from "./inherited-mounts.ts";
import { requireSources } from "./mounts.ts";
import { placeMacAddress } from "./mac-address.ts";
import { makeName, validateName } from "./names.ts";
import { completeLinks } from "./links.ts";
import { completeEndpoints, modeOf } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import { freshState, type ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";
import { requireHealthCheck, validateRestartPolicy } from "./restart-policy.ts";

export interface Creation {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/** Makes a container: everything that a start needs and that does not depend on the moment of the start is made here. */
export async function createContainer(request: ContainerCreateRequest, creation: Creation): Promise<ContainerCreateReply> {
  const { parts, registry } = creation;
  const { NetworkingConfig: networking, HostConfig: asked, ...config } = request.body;
  if (request.name !== undefined && request.name !== "") validateName(request.name);
  const image = parts.images.resolve(config.Image);
  checkPlatform(request, image);
  // A start is likely to follow; it never fails, and nothing waits for it.
  void parts.quickener.quicken();
  const id = randomBytes(32).toString("hex");
  const { kept, warnings } = dropUnfulfillable(asked, parts.host.limits);
  const hostConfig = completeHostConfig(kept, creation);
  const addressed = placeMacAddress(config, modeOf({ config, hostConfig }), networking.EndpointsConfig ?? {});
  const merged = completeConfig(mergeConfig(addressed.config, image.config), { id, hostConfig, registry });
  const inherited = inheritMounts(hostConfig.VolumesFrom ?? [], registry);
  validate({ config: merged, hostConfig, inherited }, parts);
  const name = request.name === undefined || request.name === "" ? makeName((candidate) => registry.isTaken(candidate)) : request.name;
  parts.logs.policy(hostConfig.LogConfig, { id, name, config: merged });
  registry.reserveName(name, id);
  try {
    const container = await make({ id, name, image, config: merged, hostConfig, inherited, endpoints: completeEndpoints(modeOf({ config: merged, hostConfig }), addressed.endpoints) }, creation);
    emitContainerEvent(parts.events, container, { action: "create" });
    return { Id: id, Warnings: [...addressed.warnings, ...warnings, ...hostCautions(hostConfig, parts.host.limits)] };
  } catch (error) {
    registry.releaseName(name);
    throw error;
  }
}

interface Plan {
  readonly id: string;
  readonly name: string;
  readonly image: Image;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly inherited: ContainerRecord["inherited"];
  readonly endpoints: ContainerRecord["endpoints"];
}

async function make({ image, ...plan }: Plan, { parts, registry }: Creation): Promise<Container> {
  const { id, hostConfig } = plan;
  await using undo = new AsyncDisposableStack();
  using _held = parts.images.hold(image.id);
  const all = collectMountWishes(plan);
  const wishes = all.filter((wish) => wish.kind === "volume");
  const mountedImages = Object.fromEntries(all.filter((wish) => wish.kind === "image").map(({ target, source }) => [target, parts.images.resolve(source).id]));
  undo.defer(() => parts.volumes.release(id, { removeAnonymous: true }));
  const volumes = await acquireVolumes(wishes, id, parts);
  await parts.snapshotter.create(id, image.chain);
  undo.defer(() => parts.snapshotter.remove(id));
  mkdirSync(parts.places.container(id), { recursive: true, mode: 0o710 });
  undo.defer(() => { rmSync(parts.places.container(id), { recursive: true, force: true }); });
  await fillVolumes(wishes, { id, volumes, parts });
  const container = new Container({
    ...plan, imageId: image.id, created: formatTimestamp(parts.clock()), volumes, mountedImages, restartCount: 0, state: freshState,
    runtime: hostConfig.Runtime ?? parts.defaultRuntime,
  });
  registry.add(container);
  undo.move();
  return container;
}

async function acquireVolumes(wishes: readonly VolumeWish[], id: string, { volumes }: ContainerParts): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const wish of wishes) {
    const { name, driver, driverOptions, labels } = wish;
    names[wish.target] = (await volumes.acquire({ name, driver, driverOptions, labels }, id)).Name;
  }
  return names;
}

/** An empty volume gets what the image has at its place, for which the container's file system is looked at. */
async function fillVolumes(wishes: readonly VolumeWish[], { id, volumes, parts }: { id: string; volumes: Readonly<Record<string, string>>; parts: ContainerParts }): Promise<void> {
  const filled = wishes.filter(({ copyUp }) => copyUp);
  if (filled.length === 0) return;
  const target = parts.places.root(id);
  await parts.snapshotter.mount(id, target);
  try {
    using root = openTree(target);
    for (const wish of filled) {
      const name = volumes[wish.target];
      if (name !== undefined) await parts.volumes.copyUp(name, root, wish.target);
    }
  } finally {
    await parts.snapshotter.unmount(target);
  }
}

function checkPlatform({ platform, body }: ContainerCreateRequest, image: Image): void {
  if (platform === undefined || (platform.os === image.os && platform.architecture === image.architecture)) return;
  const [wanted, found] = [platform, image].map(({ os, architecture }) => `${os}/${architecture}`);
  throw new EngineError("not-found", `image with reference ${body.Image} was found but does not provide the specified platform (${wanted}); it is for ${found}`);
}

/** Names of other containers become ids, so that a rename or a new container of the name changes nothing. */
function completeHostConfig(host: HostConfig, { registry, parts }: Creation): HostConfig {
  const byId = (mode: string): string => completeMode(mode, registry);
  return {
    ...withSwap(host),
    Links: completeLinks(host, registry),
    NetworkMode: host.NetworkMode === "" || host.NetworkMode === "default" ? "bridge" : byId(host.NetworkMode),
    PidMode: byId(host.PidMode),
    IpcMode: host.IpcMode === "" ? "private" : byId(host.IpcMode),
    CgroupnsMode: host.CgroupnsMode === "" ? (parts.host.limits.cgroupVersion === 2 && !host.Privileged ? "private" : "host") : host.CgroupnsMode,
    Runtime: host.Runtime ?? parts.defaultRuntime,
    LogConfig: parts.logs.complete(host.LogConfig),
    RestartPolicy: { ...host.RestartPolicy, Name: host.RestartPolicy.Name === "" ? "no" : host.RestartPolicy.Name },
    ShmSize: host.ShmSize === 0 ? 64 * 1024 * 1024 : host.ShmSize,
  };
}

/** One that is not there yet is looked for at the start. */
function completeMode(mode: string, registry: ContainerRegistry): string {
  const ref = /^container:(.+)$/s.exec(mode)?.[1];
  if (ref === undefined) return mode;
  try {
    return `container:${registry.find(ref).id}`;
  } catch (error) {
    if (isEngineError(error, "not-found")) return mode;
    throw error;
  }
}

interface Completion {
  readonly id: string;
  readonly hostConfig: HostConfig;
  readonly registry: ContainerRegistry;
}

function completeConfig(config: ContainerConfig, { id, hostConfig, registry }: Completion): ContainerConfig {
  const isJoining = hostConfig.NetworkMode.startsWith("container:");
  // One that is not there yet has no name to give; the start says so.
  if (/^container:[0-9a-f]{64}$/.test(hostConfig.NetworkMode)) {
    // Whoever joins a network is known there by its owner's name.
    if (config.Hostname !== "") throw new EngineError("invalid-argument", "conflicting options: hostname and the network mode");
    const { Hostname, Domainname } = registry.find(hostConfig.NetworkMode.slice("container:".length)).record.config;
    return { ...config, Hostname, Domainname };
  }
  if (isJoining && config.Hostname !== "") throw new EngineError("invalid-argument", "conflicting options: hostname and the network mode");
  if (hostConfig.UTSMode === "host" && config.Hostname !== "") throw new EngineError("invalid-argument", "conflicting options: hostname and the UTS mode");
  const shown = hostConfig.NetworkMode === "host" || hostConfig.UTSMode === "host" ? hostHostname() : id.slice(0, 12);
  return { ...config, Hostname: config.Hostname === "" ? shown : config.Hostname };
}

/** Everything that can be told to be wrong before anything is made. @throws EngineError docker's texts */
function validate({ config, hostConfig, inherited }: MountWishes, parts: ContainerParts): void {
  const invalid = (text: string): EngineError => new EngineError("invalid-argument", text);
  refuseUnsupported(hostConfig);
  commandLine(config);
  requireUsableLog(parts.logs.policy(hostConfig.LogConfig, { id: "", name: "", config }));
  validateRestartPolicy(hostConfig);
  requireHealthCheck(hostConfig.RestartPolicy, config);
  validateResources(hostConfig, parts.host.limits);
  validateUlimits(hostConfig.Ulimits ?? []);
  resolveSecurity(hostConfig);
  resolveCapabilities({ add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], privileged: hostConfig.Privileged, available: parts.host.capabilities });
  if (config.User !== "") parseUserString(config.User);
  if (config.StopSignal !== undefined) parseSignal(config.StopSignal);
  if (config.WorkingDir !== "" && !config.WorkingDir.startsWith("/")) throw invalid(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  for (const variable of config.Env ?? []) if (variable === "" || variable.startsWith("=")) throw invalid(`invalid environment variable: ${variable}`);
  for (const host of hostConfig.ExtraHosts ?? []) validateExtraHost(host);
  for (const address of hostConfig.Dns ?? []) if (isIP(address) === 0) throw invalid(`bad parameter: invalid DNS IP address: ${address}`);
  validateNamespaces(hostConfig);
  if (hostConfig.ShmSize < 0) throw invalid("SHM size can not be less than 0");
  if (Math.abs(hostConfig.OomScoreAdj) > 1000) throw invalid(`Invalid value ${hostConfig.OomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  parseNetworkMode(hostConfig.NetworkMode);
  publishedPorts({ bindings: hostConfig.PortBindings, exposed: Object.keys(config.ExposedPorts ?? {}), publishAll: hostConfig.PublishAllPorts });
  requireSources({ config, hostConfig, inherited });
  if (!parts.runtimes.has(hostConfig.Runtime ?? parts.defaultRuntime)) throw invalid(`unknown or invalid runtime name: ${hostConfig.Runtime ?? ""}`);
}

function validateExtraHost(entry: string): void {
  const at = entry.indexOf(":");
  const address = entry.slice(at + 1);
  if (at > 0 && (address === "host-gateway" || isIP(address.replace(/^\[|\]$/g, "")) !== 0)) return;
  throw new EngineError("invalid-argument", at > 0 ? `invalid IP address in add-host: "${address}"` : `bad format for add-host: "${entry}"`);
}

function validateNamespaces({ PidMode: pid, IpcMode: ipc, UTSMode: uts, CgroupnsMode: cgroup }: HostConfig): void {
  if (!/^(|host|container:.+)$/.test(pid)) throw new EngineError("invalid-argument", `invalid PID mode: ${pid}`);
  if (!/^(private|shareable|none|host|container:.+)$/.test(ipc)) throw new EngineError("invalid-argument", `invalid IPC mode: ${ipc}`);
  if (uts !== "" && uts !== "host") throw new EngineError("invalid-argument", `invalid UTS mode: ${uts}`);
  if (!["", "private", "host"].includes(cgroup)) throw new EngineError("invalid-argument", `invalid cgroup namespace mode: ${cgroup}`);
}

