import type {
  ContainerAttachOptions, ContainerCreateReply, ContainerInspect, ContainerListOptions, ContainerLogsOptions, ContainerPruneFilter, ContainerPruneReply, ContainerRemoveOptions,
  ContainerStats, ContainerStatsOptions, ContainerStopOptions, ContainerSummary, ContainerTopReply, ContainerUpdateBody, ContainerUpdateReply, Filters, PortReach, NetworkConnectBody, NetworkDisconnectBody, TerminalSize, WaitCondition,
} from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import { resizeTerminal } from "../../host/conmon/index.ts";
import { PruneTurn } from "../filter/index.ts";
import { requireReadableLog } from "../logs/index.ts";
import type { Attachment, ContainerBackend, ContainerCreateRequest, ContainerWait, LogOutput } from "../server/index.ts";
import { AttachedClient } from "./attach.ts";
import { connectContainer, disconnectContainer, findToDisconnect } from "./connect.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import { createContainer } from "./create.ts";
import { parseDetachKeys } from "./detach-keys.ts";
import { requireRunning } from "./exec-service.ts";
import { removeLink } from "./links.ts";
import { inspectContainer } from "./inspect.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { listContainers } from "./list.ts";
import { validateName } from "./names.ts";
import type { ContainerParts } from "./parts.ts";
import { pauseContainer, unpauseContainer } from "./pause.ts";
import { pruneContainers } from "./prune.ts";
import type { ContainerRegistry } from "./registry.ts";
import { watchStats } from "./stats.ts";
import { Stopper } from "./stop.ts";
import { listContainerProcesses } from "./top.ts";
import { updateContainer } from "./update.ts";
import { waitFor } from "./wait.ts";

export interface ContainerServiceParts {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  readonly lifecycle: Lifecycle;
}

/** What clients do with containers. */
export class ContainerService implements ContainerBackend {
  readonly #parts: ContainerParts;
  readonly #registry: ContainerRegistry;
  readonly #lifecycle: Lifecycle;
  readonly #stopper: Stopper;
  readonly #pruning = new PruneTurn();

  constructor({ parts, registry, lifecycle }: ContainerServiceParts) {
    this.#parts = parts;
    this.#registry = registry;
    this.#lifecycle = lifecycle;
    this.#stopper = new Stopper({ parts, registry, lifecycle });
  }

  async create(request: ContainerCreateRequest): Promise<ContainerCreateReply> {
    return await createContainer(request, { parts: this.#parts, registry: this.#registry });
  }

  async list(options: ContainerListOptions): Promise<readonly ContainerSummary[]> {
    return await listContainers(options, { parts: this.#parts, registry: this.#registry });
  }

  async inspect(ref: string, options: { readonly size: boolean }): Promise<ContainerInspect> {
    return await inspectContainer(this.#registry.find(ref), { ...options, registry: this.#registry }, this.#parts);
  }

  async start(ref: string, options: { readonly detachKeys?: string }): Promise<void> {
    parseDetachKeys(options.detachKeys);
    await this.#lifecycle.start(this.#registry.find(ref));
  }

  async stop(ref: string, options: ContainerStopOptions): Promise<void> {
    const container = this.#registry.find(ref);
    await container.atRest();
    await this.#stopper.stop(container, options);
  }

  async restart(ref: string, options: ContainerStopOptions): Promise<void> {
    const container = this.#registry.find(ref);
    await container.atRest();
    if (container.isActive) await this.#stopper.stop(container, options);
    await this.#lifecycle.start(container);
    emitContainerEvent(this.#parts.events, container, { action: "restart" });
  }

  async kill(ref: string, { signal }: { readonly signal: string }): Promise<void> {
    await this.#stopper.kill(this.#findToKill(ref), { ref, signal });
  }

  async pause(ref: string): Promise<void> {
    await pauseContainer(this.#registry.find(ref), { parts: this.#parts, registry: this.#registry });
  }

  async unpause(ref: string): Promise<void> {
    await unpauseContainer(this.#registry.find(ref), { parts: this.#parts, registry: this.#registry });
  }

  #findToKill(ref: string): Container {
    try {
      return this.#registry.find(ref);
    } catch (error) {
      throw isEngineError(error) ? new EngineError(error.kind, `cannot kill container: ${ref}: ${error.message}`, { cause: error }) : error;
    }
  }

  wait(ref: string, { condition }: { readonly condition: WaitCondition }, signal: AbortSignal): Promise<ContainerWait> {
    return Promise.try(() => waitFor(this.#registry.find(ref), condition, signal));
  }

  async remove(ref: string, options: ContainerRemoveOptions): Promise<void> {
    if (options.link) {
      removeLink(ref, this.#registry);
      return;
    }
    const container = this.#registry.find(ref);
    const { name } = container.record;
    if (container.isRemoving) throw new EngineError("conflict", `removal of container ${name} is already in progress`);
    if (container.isActive && !options.force) throw stillActive(container);
    container.isRemoving = true;
    try {
      // A start that was under way may bring it to life meanwhile.
      do {
        if (container.isActive && !options.force) throw stillActive(container);
        await this.#stopper.destroy(container);
      } while (!await this.#lifecycle.remove(container, options));
    } catch (error) {
      container.isRemoving = false;
      throw error;
    }
  }

  async prune(filters: Filters<ContainerPruneFilter>): Promise<ContainerPruneReply> {
    return await this.#pruning.run(() => pruneContainers(filters, { parts: this.#parts, registry: this.#registry, lifecycle: this.#lifecycle }));
  }

  async rename(ref: string, name: string): Promise<void> {
    const container = this.#registry.find(ref);
    await container.queue.run(() => {
      const before = container.record.name;
      if (name === "") throw new EngineError("invalid-argument", "Neither old nor new names may be empty");
      if (name === before) throw new EngineError("invalid-argument", "Renaming a container with the same name as its current name");
      this.#reserveNewName(name, container.id);
      this.#registry.save(container, { name });
      this.#registry.releaseName(before);
      this.#parts.networks.rename(container.id, name);
      emitContainerEvent(this.#parts.events, container, { action: "rename", attributes: { oldName: `/${before}` } });
      return Promise.resolve();
    });
  }

  /** @throws EngineError with docker's words before those of a create */
  #reserveNewName(name: string, id: string): void {
    try {
      validateName(name, `/${name}`);
      this.#registry.reserveName(name, id);
    } catch (error) {
      throw isEngineError(error) ? new EngineError(error.kind, `Error when allocating new name: ${error.message}`, { cause: error }) : error;
    }
  }

  async reach(ref: string): Promise<readonly PortReach[]> {
    return await this.#parts.networks.reach(this.#registry.find(ref).id);
  }

  async connect(network: string, body: NetworkConnectBody): Promise<void> {
    await connectContainer(this.#registry.find(body.Container), { network, body, parts: this.#parts, registry: this.#registry });
  }

  async disconnect(network: string, body: NetworkDisconnectBody): Promise<void> {
    const change = { network, parts: this.#parts, registry: this.#registry };
    await disconnectContainer(await findToDisconnect(body, change), change);
  }

  async resize(ref: string, { height, width }: TerminalSize): Promise<void> {
    const container = this.#registry.find(ref);
    if (!container.isRunning) throw new EngineError("conflict", `container ${container.id} is not running`);
    if (container.record.config.Tty) resizeTerminal(this.#parts.places.bundle(container.id), { rows: height, columns: width });
    emitContainerEvent(this.#parts.events, container, { action: "resize", attributes: { height: String(height), width: String(width) } });
    await Promise.resolve();
  }

  async top(ref: string, psArguments: string): Promise<ContainerTopReply> {
    return await listContainerProcesses(this.#registry.find(ref), psArguments, this.#parts);
  }

  async update(ref: string, body: ContainerUpdateBody): Promise<ContainerUpdateReply> {
    return await updateContainer(ref, body, { parts: this.#parts, registry: this.#registry });
  }

  stats(ref: string, options: ContainerStatsOptions, signal: AbortSignal): Promise<AsyncIterable<ContainerStats>> {
    return Promise.try(() => watchStats(this.#registry.find(ref), { ...options, parts: this.#parts, signal }));
  }

  logs(ref: string, options: ContainerLogsOptions, signal: AbortSignal): Promise<LogOutput> {
    return Promise.try(() => this.#openLog(this.#registry.find(ref), options, signal));
  }

  #openLog(container: Container, options: ContainerLogsOptions, signal: AbortSignal): LogOutput {
    const { id, config, hostConfig } = container.record;
    const policy = this.#parts.logs.policy(hostConfig.LogConfig, container.record);
    requireReadableLog(policy);
    return this.#parts.logs.open({
      file: this.#parts.places.log(id), tty: config.Tty, options, attributes: policy.attributes, signal, ended: container.live?.ended,
    });
  }

  attach(ref: string, options: ContainerAttachOptions, signal: AbortSignal): Promise<Attachment> {
    return Promise.try(async () => {
      const container = this.#registry.find(ref);
      const { config } = container.record;
      requireRunning(container, { what: "attach", ref });
      const connectedAt = this.#parts.clock();
      const client = new AttachedClient({
        poller: this.#parts.poller,
        tty: config.Tty,
        readsInput: config.OpenStdin,
        isExec: false,
        endsInput: config.StdinOnce,
        detachKeys: parseDetachKeys(options.detachKeys),
        options,
        // What is written from now on comes through the socket.
        ...(options.logs ? { past: this.#openLog(container, { ...options, follow: false, until: connectedAt, timestamps: false, details: false }, signal) } : {}),
        onDetach: () => { emitContainerEvent(this.#parts.events, container, { action: "detach" }); },
        onClose: (closed) => { container.waitingClients.delete(closed); },
      });
      if (container.live !== undefined) await client.connect(`${this.#parts.places.bundle(container.id)}/attach`);
      else if (container.isRemoved) client.giveUp();
      else container.waitingClients.add(client);
      emitContainerEvent(this.#parts.events, container, { action: "attach" });
      return client;
    });
  }
}

/** docker's text. */
function stillActive({ isRunning, record: { name, state: { isPaused } } }: Container): EngineError {
  const state = isPaused ? "paused" : isRunning ? "running" : "restarting";
  const advice = isPaused ? "unpause the container before removing or force remove" : "stop the container before removing or force remove";
  return new EngineError("conflict", `cannot remove container "/${name}": container is ${state}: ${advice}`);
}
