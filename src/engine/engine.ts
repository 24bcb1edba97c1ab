import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { EngineError, makeClock } from "../base/index.ts";
import { MoveQuickener, readCgroupLayout } from "../host/cgroup/index.ts";
import type { Descriptor } from "../host/libc/index.ts";
import { readMachine } from "../host/machine/index.ts";
import type { HostMounts } from "../host/mount/index.ts";
import { Poller } from "../host/poll/index.ts";
import { tryLock } from "../host/process/index.ts";
import { chooseRuntime, findProgram, type Runtime } from "../host/runtime/index.ts";
import { FileWatcher } from "../host/watch/index.ts";
import { defaultCdiFolders } from "./cdi/index.ts";
import { checkDataRoot, runCheck } from "./check/index.ts";
import { openContainers, Places, type Containers, type HostFacts } from "./container/index.ts";
import type { DaemonOptions, Log } from "./daemon/index.ts";
import { EventBus, EventJournal } from "./events/index.ts";
import { openImageService, type ImageService } from "./image/index.ts";
import { completeLogConfig, LogDelivery, LogRotation, logPolicy, openLog } from "./logs/index.ts";
import { NetworkService } from "./network/index.ts";
import { logIn } from "./registry/index.ts";
import { ApiServer, listenTargets, parseListenAddress, type ActivatedSocket, type Backend, type ListenAddress, type ListenPolicy } from "./server/index.ts";
import { parseAvailableCapabilities } from "./spec/index.ts";
import { BlobStore, emptyAside, openOverlaySnapshotter, Records, type Snapshotter } from "./store/index.ts";
import { countDataUsage, SystemService } from "./system/index.ts";
import { VolumeService } from "./volume/index.ts";

export interface EngineRequest {
  readonly options: DaemonOptions;
  readonly log: Log;
  readonly version: string;
  /** PATH, in which the runtimes are looked for. */
  readonly searchPath: string;
  readonly activated: readonly ActivatedSocket[];
  readonly hostMounts: HostMounts;
}

/** The engine: every part is made here once and handed to those that need it. */
export class Engine implements AsyncDisposable {
  readonly #request: EngineRequest;
  readonly #resources: AsyncDisposableStack;
  readonly #containers: Containers;
  readonly #server: ApiServer;
  readonly #networks: NetworkService;
  readonly #addresses: readonly ListenAddress[];

  private constructor(request: EngineRequest, resources: AsyncDisposableStack, made: Made & { readonly server: ApiServer; readonly addresses: readonly ListenAddress[] }) {
    this.#request = request;
    this.#resources = resources;
    this.#containers = made.containers;
    this.#server = made.server;
    this.#networks = made.networks;
    this.#addresses = made.addresses;
  }

  /**
   * Opens the engine of a data root and puts right what a killed one left; nothing is served yet.
   * @throws EngineError what stands in the way, such as another engine on the same data
   */
  static async open(request: EngineRequest): Promise<Engine> {
    await using resources = new AsyncDisposableStack();
    const { options, log, activated } = request;
    const policy: ListenPolicy = { allowsPlainTcp: options.allowsPlainTcp, activated, ...readTls(options) };
    const addresses = options.hosts.map(parseListenAddress);
    // What cannot be served is told before anything is made.
    for (const address of addresses) listenTargets(address, policy);
    lockData(options, resources);
    const parts = await makeParts(request, resources);
    const server = new ApiServer({ backend: parts.backend, log, ...policy });
    resources.defer(() => server.stop());
    return new Engine(request, resources.move(), { ...parts, server, addresses });
  }

  /** Serves from now on, and starts what is to run with the engine. */
  async serve(): Promise<void> {
    for (const [index, address] of this.#addresses.entries()) {
      await this.#server.listen(address);
      this.#request.log.info(`serving ${this.#request.options.hosts[index] ?? ""}`);
    }
    this.#networks.keep();
    this.#containers.startByPolicy();
  }

  /** Takes no more calls and lets go of everything; containers go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** One engine for a data root and one for an exec root: two would undo each other's work. */
function lockData({ dataRoot, execRoot }: DaemonOptions, resources: AsyncDisposableStack): void {
  for (const [folder, what] of [[dataRoot, "data root"], [execRoot, "exec root"]] as const) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const lock: Descriptor | undefined = tryLock(join(folder, "lock"));
    if (lock === undefined) throw new EngineError("conflict", `another engine uses the ${what} ${folder}`, { hint: "stop it, or give this one its own with --data-root, --exec-root and --bridge" });
    resources.use(lock);
  }
}

interface Made {
  readonly backend: Backend;
  readonly containers: Containers;
  readonly networks: NetworkService;
}

async function makeParts(request: EngineRequest, resources: AsyncDisposableStack): Promise<Made> {
  const { options, log } = request;
  const { dataRoot, execRoot } = options;
  emptyAside(dataRoot);
  const records = resources.use(Records.open(join(dataRoot, "state.db")));
  const poller = resources.use(new Poller());
  const watcher = resources.use(new FileWatcher(poller));
  const rotation = new LogRotation(watcher, (message, cause) => { log.error(message, cause); });
  resources.defer(() => { rotation.close(); });
  const delivery = new LogDelivery({ watcher, poller, hostname: hostname(), pid: process.pid, warn: (message, cause) => { log.error(message, cause); } });
  resources.defer(() => { delivery.close(); });
  const clock = makeClock();
  const journal = resources.use(new EventJournal({ folder: join(dataRoot, "events"), warn: (message) => { log.warn(message); } }));
  const events = new EventBus(clock, journal);
  const snapshotter = openOverlaySnapshotter(dataRoot);
  // Images ask for their containers only once those are there.
  const late: { containers?: Containers } = {};
  const images = await openImageService({
    dataRoot, records, blobs: new BlobStore(dataRoot), snapshotter, warn: (message) => { log.warn(message); },
    surroundings: {
      usersOf: (id) => late.containers?.usersOf(id) ?? [],
      emit: (action, id, attributes) => { events.emit({ type: "image", action, id, attributes }); },
    },
  });
  const volumes = new VolumeService({
    dataRoot, partsFolder: join(execRoot, "volumes"), records,
    emit: (action, id, attributes) => { events.emit({ type: "volume", action, id, attributes }); },
  });
  const networks = new NetworkService({
    execRoot, records, poller, bridge: options.bridge, onWarning: (message) => { log.warn(message); }, ...(options.bridgeAddress === undefined ? {} : { bridgeAddress: options.bridgeAddress }),
    ...(options.publishDefault === undefined ? {} : { publishDefault: options.publishDefault }),
    onPrune: () => { events.emit({ type: "network", action: "prune", id: "", attributes: { reclaimed: "0" } }); },
    onEvent: ({ action, networkId, networkName, driver, containerId }) => {
      events.emit({ type: "network", action, id: networkId, attributes: { ...(containerId === undefined ? {} : { container: containerId }), name: networkName, type: driver } });
    },
  });
  resources.defer(() => networks.close());
  const runtimes = findRuntimes(request);
  const [defaultRuntime = ""] = runtimes.keys();
  const cgroups = readCgroupLayout();
  const quickener = resources.use(new MoveQuickener(cgroups));
  const host = readHostFacts(request.searchPath);
  checkLogDefaults(options);
  const containers = await openContainers({
    places: new Places(dataRoot, execRoot), records, images, snapshotter, networks, volumes, poller, events, clock, log, hostMounts: request.hostMounts, cgroups, quickener, host, runtimes, defaultRuntime,
    logs: {
      policy: logPolicy,
      complete: (config) => completeLogConfig(config, options.logDefaults),
      open: (log) => openLog(log, watcher),
      keep: (log) => { rotation.keep(log); },
      probe: (plan) => delivery.probe(plan),
      deliver: (log) => { delivery.deliver(log); },
    },
    cgroupParent: `/wharf-${options.bridge}`, cdiFolders: options.cdiFolders ?? defaultCdiFolders,
    realtime: options.realtime,
  });
  late.containers = containers;
  resources.defer(() => { containers.close(); });
  const system = makeSystem({ request, containers, images, volumes, networks, events, snapshotter, runtimes, defaultRuntime, host });
  return { containers, networks, backend: { containers: containers.containers, files: containers.files, execs: containers.execs, images, volumes, networks, system, registries: { logIn } } };
}

/** @throws EngineError for a default that no container could be made with */
function checkLogDefaults({ logDefaults: { driver, options } }: DaemonOptions): void {
  logPolicy({ Type: driver, Config: options }, { id: "", name: "", config: { Env: null, Image: "", Labels: null } });
}

/** The runtime that was asked for or works best comes first; the other known ones can be asked for by containers. */
function findRuntimes({ options, searchPath }: EngineRequest): ReadonlyMap<string, Runtime> {
  const root = join(options.execRoot, "runtime");
  const chosen = chooseRuntime({ searchPath, root, ...(options.runtime === undefined ? {} : { wanted: options.runtime }) });
  const runtimes = new Map([[chosen.name, chosen]]);
  for (const name of ["crun", "runc"]) {
    if (!runtimes.has(name) && findProgram(name, searchPath) !== undefined) runtimes.set(name, chooseRuntime({ wanted: name, searchPath, root }));
  }
  return runtimes;
}

function readHostFacts(searchPath: string): HostFacts {
  const machine = readMachine();
  const { version, swap, ioWeight, cpuRealtime, tcpMemory } = machine.cgroup;
  const initPath = ["tini-static", "docker-init", "catatonit"].map((name) => findProgram(name, searchPath)).find((path) => path !== undefined);
  return {
    limits: { cpus: availableParallelism(), cgroupVersion: version, swap, ioWeight, cpuRealtime, tcpMemory },
    capabilities: parseAvailableCapabilities(readFileSync("/proc/self/status", "utf8")),
    architecture: machine.imageArchitecture,
    memory: machine.memory,
    ...(initPath === undefined ? {} : { initPath }),
  };
}

interface SystemParts {
  readonly request: EngineRequest;
  readonly containers: Containers;
  readonly images: ImageService;
  readonly volumes: VolumeService;
  readonly networks: NetworkService;
  readonly events: EventBus;
  readonly snapshotter: Snapshotter;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly defaultRuntime: string;
  readonly host: HostFacts;
}

function makeSystem({ request, containers, images, volumes, networks, events, snapshotter, runtimes, defaultRuntime, host }: SystemParts): SystemService {
  const { options, version } = request;
  return new SystemService({
    id: engineId(options.dataRoot),
    engineVersion: version,
    commit: "",
    dataRoot: options.dataRoot,
    runtimes: Object.fromEntries([...runtimes].map(([name, { path }]) => [name, { path }])),
    defaultRuntime,
    storage: { driver: snapshotter.name, status: [["Supports d_type", "true"]] },
    logDrivers: ["journald", "json-file", "local", "none", "syslog"],
    defaultLogDriver: options.logDefaults.driver,
    networkDrivers: ["bridge", "host", "macvlan", "null"],
    volumeDrivers: ["local"],
    cdiFolders: options.cdiFolders ?? defaultCdiFolders,
    initBinary: host.initPath === undefined ? "" : host.initPath.slice(host.initPath.lastIndexOf("/") + 1),
    isDebugging: options.logLevel === "debug",
    counts: () => ({ ...containers.counts(), images: images.count(), eventListeners: events.listeners }),
    check: (wish) => runCheck([containers.check, images, volumes, networks, checkDataRoot(options.dataRoot)], wish),
    dataUsage: (types, signal) => countDataUsage(types, {
      containers: () => containers.containers.list({ all: true, size: true, filters: new Map() }, signal),
      images: () => images.usage(),
      volumes: () => volumes.usage(),
      layersSize: () => snapshotter.layers().reduce((sum, chain) => sum + snapshotter.layer(chain).size, 0),
    }),
    events: (wanted, signal) => Promise.resolve(events.subscribe(wanted, signal)),
  });
}

/** Stays the same for a data root. */
function engineId(dataRoot: string): string {
  const path = join(dataRoot, "engine-id");
  if (!existsSync(path)) writeFileSync(path, randomUUID(), { mode: 0o600 });
  return readFileSync(path, "utf8").trim();
}

function readTls({ tls }: DaemonOptions) {
  if (tls === undefined) return {};
  return { tls: { certificate: readPem(tls.certificate), key: readPem(tls.key), clientAuthority: readPem(tls.authority) } };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new EngineError("invalid-argument", `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
