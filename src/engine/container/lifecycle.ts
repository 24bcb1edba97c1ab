import { rmSync } from "node:fs";
import { EngineError, formatTimestamp, isEngineError, millisecondsOf } from "../../base/index.ts";
import { Cgroup, Freezer } from "../../host/cgroup/index.ts";
import { reopenLog, settleCommands, takeExitCode, type Monitor } from "../../host/conmon/index.ts";
import { ProcessHandle } from "../../host/process/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container, LiveProgram } from "./container.ts";
import { cgroupPathOf, connectWaiting, failureCode, launch, runtimeOf } from "./launch.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRecord } from "./record.ts";
import type { ContainerRegistry } from "./registry.ts";
import { endStartMounts } from "./start-mounts.ts";
import { removeSharedMemory } from "./shared-memory.ts";
import { discardContainer } from "./discard.ts";
import { HealthChecks } from "./health-checks.ts";
import { nextDelay, shouldRestart } from "./restart-policy.ts";
import { ended, failed, settled, started, type Exit } from "./state.ts";

/** Of a program whose end nobody saw. */
const unknownExitCode = 137;

/** Starts containers, takes note of their ends, starts them again by their policy, removes them. */
export class Lifecycle {
  readonly #parts: ContainerParts;
  readonly #registry: ContainerRegistry;
  readonly #health: HealthChecks;
  #isClosed = false;
  /** Called for a container that has become unhealthy. */
  onUnhealthy: ((container: Container) => void) | undefined;

  constructor(parts: ContainerParts, registry: ContainerRegistry) {
    this.#parts = parts;
    this.#registry = registry;
    this.#health = new HealthChecks(parts, (container) => this.onUnhealthy?.(container));
  }

  /** Starts by hand. @throws EngineError `already-done` when it runs */
  async start(container: Container): Promise<void> {
    await container.queue.run(async () => {
      refuseRemoved(container);
      if (container.record.state.isPaused) throw new EngineError("conflict", "cannot start a paused container, try unpause instead");
      if (container.isRunning) throw new EngineError("already-done", `container ${container.record.name} is running already`);
      container.cancelRestart?.();
      container.restartDelay = 0;
      this.#registry.save(container, { restartCount: 0 });
      await this.#start(container);
    });
  }

  /** In the container's queue. */
  async #start(container: Container): Promise<void> {
    let monitor: Monitor;
    try {
      monitor = await launch(container, { parts: this.#parts, registry: this.#registry });
    } catch (error) {
      await this.#failStart(container, error);
      throw error;
    }
    const now = formatTimestamp(this.#parts.clock());
    this.#registry.save(container, { state: started(container.record.state, now, monitor) });
    this.#emit(container, "start");
    this.watch(container, monitor);
  }

  async #failStart(container: Container, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    this.#registry.save(container, { state: failed(container.record.state, message, failureCode(error)) });
    container.announce("exit");
    if (container.record.hostConfig.AutoRemove) await this.#discard(container, { volumes: true });
  }

  /** Takes hold of a program that runs, one just started or one found when the engine started. */
  watch(container: Container, monitor: Monitor): void {
    const conmon = ProcessHandle.open(monitor.conmon);
    const program = ProcessHandle.open(monitor.program);
    const gone = conmon === undefined ? Promise.resolve() : conmon.exited(this.#parts.poller);
    const settling = gone.then(async () => {
      await container.queue.run(() => this.#takeExit(container, live));
    });
    const live: LiveProgram = { program, freezer: new Freezer(this.#cgroupOf(container.record), this.#parts.cgroups), isKilled: false, isUnwell: false, ended: gone, settled: settling };
    container.live = live;
    this.#health.begin(container);
    this.#keepLog(container, monitor, gone);
    // Those that came while the start went on.
    void connectWaiting(container, this.#parts);
    settling.catch((error: unknown) => {
      // The poller closes when the engine stops; programs go on without it.
      if (this.#isClosed || isEngineError(error, "cancelled")) return;
      this.#parts.log.error(`cannot take note of the end of container ${container.record.name}`, error);
    }).finally(() => {
      conmon?.close();
      program?.close();
    });
    gone.catch(() => undefined);
    // Nobody has to see the start's mount any more: the container has its own.
    void container.queue.run(() => this.#endStart(container.id)).catch((error: unknown) => {
      this.#parts.log.error(`cannot unmount the file system of container ${container.record.name}`, error);
    });
  }

  async #endStart(id: string): Promise<void> {
    const { places, snapshotter } = this.#parts;
    await snapshotter.unmount(places.root(id));
    await endStartMounts(places.startMounts(id));
  }

  #keepLog(container: Container, { conmon }: Monitor, ended: Promise<void>): void {
    const { logs, places } = this.#parts;
    const { id, record } = container;
    const { writes, limits } = logs.policy(record.hostConfig.LogConfig, record);
    if (!writes) return;
    const folder = places.bundle(id);
    logs.keep({
      path: places.log(id), limits, ended,
      reopen: () => { reopenLog(folder); },
      settleCommands: () => settleCommands(folder, conmon),
    });
    this.#deliverLog(container, ended);
  }

  /** Sends what is logged elsewhere, where that is asked for. */
  #deliverLog({ id, record }: Container, ended: Promise<void>): void {
    const { logs, places } = this.#parts;
    const { delivery: plan, tag, attributes } = logs.policy(record.hostConfig.LogConfig, record);
    if (plan === undefined) return;
    logs.deliver({ path: places.log(id), plan, ended, source: { id, name: record.name, image: record.config.Image, tag, attributes } });
  }

  /** The end of a program that nobody watched: the engine was not there. In the container's queue or before anything is served. */
  async noteExit(container: Container, exit: Exit): Promise<void> {
    const { record } = container;
    this.#deliverLog(container, Promise.resolve());
    const question = { policy: record.hostConfig.RestartPolicy, exitCode: exit.exitCode, restartCount: record.restartCount, isStopped: record.state.isStopped };
    const restarts = shouldRestart(question);
    this.#registry.save(container, { state: ended(record.state, exit, restarts) });
    this.#emitEnd(container, exit);
    await this.tidy(container);
    if (restarts) this.scheduleRestart(container, millisecondsOf(exit.finishedAt) - millisecondsOf(record.state.startedAt));
    else if (record.hostConfig.AutoRemove) await this.#discard(container, { volumes: true });
  }

  /** In the container's queue, when conmon is gone. */
  async #takeExit(container: Container, live: LiveProgram): Promise<void> {
    if (container.live !== live) return;
    this.#health.end(container);
    const exit = await this.#readExit(container, live);
    const { record } = container;
    const ranFor = millisecondsOf(exit.finishedAt) - millisecondsOf(record.state.startedAt);
    const restarts = !this.#isClosed && !container.isRemoving && shouldRestart({
      policy: record.hostConfig.RestartPolicy, exitCode: exit.exitCode, restartCount: record.restartCount, isStopped: record.state.isStopped, isUnwell: live.isUnwell,
    });
    container.live = undefined;
    this.#registry.save(container, { state: ended(record.state, exit, restarts) });
    this.#emitEnd(container, exit, { execDuration: String(Math.max(0, Math.floor(ranFor / 1000))) });
    // Whoever waits for the end may give address and ports to another container at once.
    await this.#parts.networks.release(record.id);
    container.announce("exit");
    await this.tidy(container);
    if (restarts) this.scheduleRestart(container, ranFor);
    else if (record.hostConfig.AutoRemove && !container.isRemoving) await this.#discard(container, { volumes: true });
  }

  async #readExit({ record }: Container, { program }: LiveProgram): Promise<Exit> {
    const { places, clock } = this.#parts;
    const code = await takeExitCode(places.exits, record.id);
    // Without conmon nobody reads the program's output or reaps it: it cannot go on.
    if (code === undefined) program?.kill("SIGKILL");
    // The group is there until the runtime's state is deleted.
    const isOutOfMemory = this.#cgroupOf(record).oomKills() > 0;
    return { exitCode: code ?? unknownExitCode, isOutOfMemory, finishedAt: formatTimestamp(clock()) };
  }

  /** Takes away what one run needed: the runtime's state with its cgroup, the bundle, the use of volumes. */
  async tidy({ record }: Container): Promise<void> {
    const { places, volumes } = this.#parts;
    const steps = [
      runtimeOf(record, this.#parts).delete(record.id, this.#cgroupOf(record)),
      volumes.endUse(record.id),
      this.#endStart(record.id),
      ...(record.hostConfig.IpcMode === "shareable" ? [removeSharedMemory(places.sharedMemory(record.id))] : []),
    ];
    for (const result of await Promise.allSettled(steps)) {
      if (result.status === "rejected") this.#parts.log.error(`cannot tidy up after container ${record.name}`, result.reason);
    }
    rmSync(places.bundle(record.id), { recursive: true, force: true });
  }

  /** @param ranFor milliseconds that the last run lasted */
  scheduleRestart(container: Container, ranFor: number): void {
    const delay = nextDelay(container.restartDelay, ranFor);
    container.restartDelay = delay;
    const timer = setTimeout(() => {
      container.cancelRestart = undefined;
      this.#restart(container).catch((error: unknown) => { this.#parts.log.error(`cannot restart container ${container.record.name}`, error); });
    }, delay);
    container.cancelRestart = () => {
      clearTimeout(timer);
      container.cancelRestart = undefined;
    };
  }

  async #restart(container: Container): Promise<void> {
    await container.queue.run(async () => {
      if (this.#isClosed || container.isRemoving || container.record.state.status !== "restarting") return;
      this.#registry.save(container, { restartCount: container.record.restartCount + 1 });
      await this.#start(container);
    });
  }

  #cgroupOf(record: ContainerRecord): Cgroup {
    return new Cgroup(this.#parts.cgroups, cgroupPathOf(record, this.#parts));
  }

  /** Ends the wait for a restart. @returns false where there was none */
  giveUpRestart(container: Container): boolean {
    if (container.record.state.status !== "restarting") return false;
    container.cancelRestart?.();
    this.#registry.save(container, { state: { ...settled(container.record.state), isStopped: true } });
    container.announce("exit");
    return true;
  }

  /** Ended on purpose: the policy does not start it again. */
  markStopped(container: Container): void {
    this.#registry.save(container, { state: { ...container.record.state, isStopped: true } });
  }

  /** Removes a container. @returns false, and leaves it as it is, when it runs: a start was under way before */
  async remove(container: Container, options: { readonly volumes: boolean }): Promise<boolean> {
    return await container.queue.run(async () => {
      if (container.isActive) return false;
      if (!container.isRemoved) await this.#discard(container, options);
      return true;
    });
  }

  async #discard(container: Container, options: { readonly volumes: boolean }): Promise<void> {
    container.isRemoving = true;
    container.cancelRestart?.();
    await discardContainer(container, { parts: this.#parts, registry: this.#registry, volumes: options.volumes });
    this.#emit(container, "destroy");
    container.isRemoved = true;
    for (const client of container.waitingClients) client.giveUp();
    container.announce("removed");
  }

  #emitEnd(container: Container, { exitCode, isOutOfMemory }: Exit, attributes: Readonly<Record<string, string>> = {}): void {
    if (isOutOfMemory) this.#emit(container, "oom");
    this.#emit(container, "die", { ...attributes, exitCode: String(exitCode) });
  }

  #emit(container: Container, action: string, attributes: Readonly<Record<string, string>> = {}): void {
    emitContainerEvent(this.#parts.events, container, { action, attributes });
  }

  /** Nothing is started or restarted any more; what runs goes on. */
  close(): void {
    this.#isClosed = true;
    this.#health.close();
    for (const container of this.#registry.all()) container.cancelRestart?.();
  }
}

export function refuseRemoved(container: Container): void {
  if (container.isRemoving) throw new EngineError("conflict", `container ${container.record.name} is marked for removal and cannot be started`);
}
