import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isEngineError } from "../../base/index.ts";
import { prepareMonitor, type Monitor, type MonitorRequest } from "../../host/conmon/index.ts";
import { byteNameOf, makePath, openTree } from "../../host/files/index.ts";
import type { Descriptor } from "../../host/libc/index.ts";
import { ProcessHandle } from "../../host/process/index.ts";
import type { Runtime } from "../../host/runtime/index.ts";
import { applyEdits, resolveDeviceRequests } from "../cdi/index.ts";
import type { Sandbox } from "../network/index.ts";
import { commandLine, resolveUser, runtimeSpec, type MountSpec, type NamespaceWish, type RuntimeSpec } from "../spec/index.ts";
import type { Container } from "./container.ts";
import { linkHosts, linkVariables, refreshLinks } from "./links.ts";
import { fileMounts, mountSpecs } from "./mounts.ts";
import { modeOf, sandboxRequest } from "./network-request.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";
import { giveRealtime } from "./realtime.ts";
import { endStartMounts, StartMounts } from "./start-mounts.ts";
import { makeSharedMemory, removeSharedMemory, requireSharedMemory } from "./shared-memory.ts";

export interface LaunchParts {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/**
 * Brings a container's program to life, step by step; what was done is undone when a later step fails. Clients that
 * wait are connected before the program runs.
 * @throws EngineError what stood in the way, in docker's words where it is the container's own fault
 */
export async function launch(container: Container, { parts, registry }: LaunchParts): Promise<Monitor> {
  const { record } = container;
  const { places, networks, snapshotter, volumes } = parts;
  void parts.quickener.quicken();
  await using undo = new UndoStack(parts);
  const bundle = places.bundle(record.id);
  rmSync(bundle, { recursive: true, force: true });
  mkdirSync(places.root(record.id), { recursive: true, mode: 0o700 });
  undo.add(() => { rmSync(bundle, { recursive: true, force: true }); });
  requireJoined(record.hostConfig.NetworkMode, registry);
  const runtime = runtimeOf(record, parts);
  const { delivery } = parts.logs.policy(record.hostConfig.LogConfig, record);
  if (delivery !== undefined) await parts.logs.probe(delivery);
  // conmon loads while everything that it will need is made.
  const prepared = await prepareMonitor(monitorRequest(record, runtime, parts));
  undo.add(() => prepared.abandon());
  const sandbox = await networks.prepare({ ...sandboxRequest(record), linkedHosts: linkHosts(record, { parts, registry }) });
  undo.add(() => networks.release(record.id));
  writeNetworkFiles(record, sandbox, parts);
  await snapshotter.mount(record.id, places.root(record.id));
  undo.add(() => snapshotter.unmount(places.root(record.id)));
  undo.add(() => volumes.endUse(record.id));
  undo.add(() => endStartMounts(places.startMounts(record.id)));
  const mounts = [...fileMounts(record, fileOwner(record), places), ...await mountSpecs(record, new StartMounts(places.startMounts(record.id), parts.hostMounts), parts)];
  if (record.hostConfig.IpcMode === "shareable") {
    undo.add(() => removeSharedMemory(places.sharedMemory(record.id)));
    makeSharedMemory(places.sharedMemory(record.id), record.hostConfig.ShmSize);
  }
  container.linkVariables = linkVariables(record, { parts, registry });
  if (record.hostConfig.CpuRealtimeRuntime !== 0) giveRealtime(dirname(cgroupPathOf(record, parts)), parts.realtime, parts.cgroups);
  const spec = withCompiledFilter(makeSpec({ record, sandbox, mounts, linkVariables: container.linkVariables, parts, registry }), runtime);
  writeFileSync(join(bundle, "config.json"), JSON.stringify(spec), { mode: 0o600 });
  undo.add(() => runtime.delete(record.id));
  const monitor = await prepared.create();
  undo.add(() => endMonitor(monitor, parts));
  runtime.filters?.learn(record.id, spec.linux.seccomp);
  await connectWaiting(container, parts);
  await runtime.start(record.id);
  refreshLinks(record.id, { parts, registry });
  undo.keep();
  return monitor;
}

/** Connects the clients that attached before the program was there. One that cannot be is told so, and keeps nobody from starting. */
export async function connectWaiting(container: Container, { places, log }: ContainerParts): Promise<void> {
  const clients = [...container.waitingClients];
  container.waitingClients.clear();
  const socket = join(places.bundle(container.id), "attach");
  for (const result of await Promise.allSettled(clients.map((client) => client.connect(socket)))) {
    if (result.status === "rejected") log.error(`cannot attach a client to container ${container.record.name}`, result.reason);
  }
}

/** Steps back, last first, each whatever became of the others; what fails is for the log, since the first failure is what matters. */
class UndoStack implements AsyncDisposable {
  readonly #parts: ContainerParts;
  #steps: (() => unknown)[] = [];

  constructor(parts: ContainerParts) {
    this.#parts = parts;
  }

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  keep(): void {
    this.#steps = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        this.#parts.log.error("cannot take back a step of a start that failed", error);
      }
    }
  }
}

async function endMonitor(monitor: Monitor, { poller }: ContainerParts): Promise<void> {
  using conmon = ProcessHandle.open(monitor.conmon);
  using program = ProcessHandle.open(monitor.program);
  program?.kill("SIGKILL");
  await conmon?.exited(poller);
}

function monitorRequest(record: ContainerRecord, runtime: Runtime, parts: ContainerParts): MonitorRequest {
  const { config, hostConfig, id } = record;
  const { places } = parts;
  const policy = parts.logs.policy(hostConfig.LogConfig, record);
  return {
    container: id,
    program: commandLine(config)[0] ?? "",
    folder: places.bundle(id),
    exitFolder: places.exits,
    runtime,
    terminal: config.Tty,
    stdin: config.OpenStdin,
    stdinStaysOpen: config.OpenStdin && (!config.StdinOnce || config.Tty),
    ...(policy.writes ? { log: places.log(id) } : {}),
  };
}

export function runtimeOf({ runtime, name }: ContainerRecord, { runtimes }: ContainerParts): Runtime {
  const found = runtimes.get(runtime);
  if (found === undefined) throw new EngineError("unavailable", `the runtime ${runtime} of container ${name} is not there`, { hint: "start the engine with --runtime, or install it" });
  return found;
}

/** Whose hosts and resolv.conf a container sees: those of the container whose network it joined. */
function fileOwner(record: ContainerRecord): string {
  const mode = modeOf(record);
  return mode.kind === "container" ? mode.container : record.id;
}

/** In place, since the container has them mounted. */
export function writeNetworkFiles({ id, config }: ContainerRecord, { files }: Pick<Sandbox, "files">, { places }: ContainerParts): void {
  if (files === undefined) return;
  writeFileSync(places.file(id, "hosts"), files.hosts);
  writeFileSync(places.file(id, "resolv.conf"), files.resolvConf);
  writeFileSync(places.file(id, "hostname"), `${config.Hostname}\n`);
}

interface SpecWish {
  readonly record: ContainerRecord;
  readonly sandbox: Sandbox;
  readonly mounts: readonly MountSpec[];
  readonly linkVariables: readonly string[];
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

function makeSpec({ record, sandbox, mounts, linkVariables, parts, registry }: SpecWish): RuntimeSpec {
  const { config, hostConfig, id } = record;
  const root = parts.places.root(id);
  using tree = openTree(root);
  // The working folder is made where it is missing, as docker does.
  makePath(tree, byteNameOf(config.WorkingDir));
  makeTargets(tree, mounts);
  const init = hostConfig.Init === true ? initMount(parts) : undefined;
  const sharedMemory = sharedMemoryOf(record, { parts, registry });
  const devices = resolveDeviceRequests(hostConfig.DeviceRequests ?? [], parts.cdiFolders);
  const spec = runtimeSpec({
    config,
    linkVariables,
    host: hostConfig,
    user: resolveUser(tree, config.User, hostConfig.GroupAdd ?? []),
    hostname: config.Hostname,
    root,
    namespaces: {
      network: sandbox.netnsPath === undefined ? "host" : { path: sandbox.netnsPath },
      pid: namespaceWish(hostConfig.PidMode, "pid", registry),
      ipc: namespaceWish(hostConfig.IpcMode, "ipc", registry),
      uts: hostConfig.UTSMode === "host" ? "host" : "own",
    },
    mounts: init === undefined ? mounts : [...mounts, init],
    ...(sharedMemory === undefined ? {} : { sharedMemory }),
    cgroupPath: cgroupPathOf(record, parts),
    limits: parts.host.limits,
    availableCapabilities: parts.host.capabilities,
    ...(init === undefined ? {} : { initPath: init.destination }),
    architecture: parts.host.architecture,
  });
  return applyEdits(spec, devices);
}

/** What the user annotated goes first. */
function withCompiledFilter(spec: RuntimeSpec, { filters }: Runtime): RuntimeSpec {
  return filters === undefined ? spec : { ...spec, annotations: { ...filters.annotations(spec.linux.seccomp), ...spec.annotations } };
}

/** The container's cgroup below the root of each tree. */
export function cgroupPathOf({ id, hostConfig: { CgroupParent: parent } }: ContainerRecord, { cgroupParent }: ContainerParts): string {
  return join(parent === "" ? cgroupParent : join("/", parent), id);
}

function initMount({ host }: ContainerParts): MountSpec {
  if (host.initPath === undefined) {
    throw new EngineError("unavailable", "--init needs a program that reaps: tini-static, docker-init or catatonit", { hint: "install the Debian package tini" });
  }
  return { destination: "/sbin/docker-init", type: "bind", source: host.initPath, options: ["bind", "ro"] };
}

/** "", "private" and the like are the container's own; "container:<id>" is that of a container that runs. */
function namespaceWish(mode: string, type: "pid" | "ipc", registry: ContainerRegistry): NamespaceWish {
  if (mode === "host") return "host";
  if (!mode.startsWith("container:")) return "own";
  const other = joinedContainer(mode, registry);
  return { path: `/proc/${other.record.state.program?.pid ?? 0}/ns/${type}` };
}

/** @throws EngineError `not-found` when the container whose network is to be joined was not there at create, nor is now */
function requireJoined(mode: string, registry: ContainerRegistry): void {
  if (mode.startsWith("container:")) registry.find(mode.slice("container:".length));
}

function joinedContainer(mode: string, registry: ContainerRegistry): Container {
  const other = registry.find(mode.slice("container:".length));
  if (!other.isRunning) throw new EngineError("conflict", `cannot join namespace of a non running container: ${other.id}`);
  return other;
}

/** A folder of the host for what several containers share, or the host's own. */
function sharedMemoryOf({ id, hostConfig: { IpcMode: mode } }: ContainerRecord, { parts, registry }: LaunchParts): string | undefined {
  if (mode === "host") return "/dev/shm";
  if (mode === "shareable") return parts.places.sharedMemory(id);
  if (!mode.startsWith("container:")) return undefined;
  const { record: other } = joinedContainer(mode, registry);
  switch (other.hostConfig.IpcMode) {
    case "host": return "/dev/shm";
    case "shareable": return requireSharedMemory(parts.places.sharedMemory(other.id), other.id);
    default:
      throw new EngineError("conflict", `cannot join IPC of container ${other.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`);
  }
}

/** Makes the places of mounts that a link leads to and that are not there: runtimes do not follow such links. */
function makeTargets(tree: Descriptor, mounts: readonly MountSpec[]): void {
  for (const { destination, type, source } of mounts) {
    const isFile = type === "bind" && statSync(source, { throwIfNoEntry: false })?.isDirectory() === false;
    makePath(tree, byteNameOf(destination), { last: isFile ? "file" : "directory", onlyThroughLinks: true });
  }
}

/**
 * The exit code that a start which failed leaves behind.
 * @param unknown for what is neither "not found" nor "not to be run"
 */
export function failureCode(error: unknown, unknown = 128): number {
  if (isEngineError(error) && "exitCode" in error && typeof error.exitCode === "number" && error.exitCode !== 128) return error.exitCode;
  return unknown;
}
