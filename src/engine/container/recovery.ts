import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatTimestamp } from "../../base/index.ts";
import { Cgroup, destroyLeftovers } from "../../host/cgroup/index.ts";
import { takeExitCode, type Monitor } from "../../host/conmon/index.ts";
import { mount } from "../../host/mount/index.ts";
import type { Container } from "./container.ts";
import { cgroupPathOf } from "./launch.ts";
import { linkedIds, linkVariables } from "./links.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { killMonitor, namesIn, observe } from "./observation.ts";
import type { ContainerParts } from "./parts.ts";
import { describeStep, planRecovery, type RecoveryStep } from "./recovery-plan.ts";
import type { ContainerRegistry } from "./registry.ts";
import { paused } from "./state.ts";

export interface Recovery {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  readonly lifecycle: Lifecycle;
}

/**
 * Makes records, kernel and disk agree, before anything is served: programs that run are taken hold of again, the ends
 * of others are known, and nothing is left that bears the engine's name and belongs to nobody.
 * @returns starts what its policy wants started; called when the engine serves
 */
export async function recoverContainers(recovery: Recovery): Promise<() => void> {
  const { parts, registry } = recovery;
  const records = registry.all().map(({ record }) => record);
  const steps = planRecovery(records, observe(recovery));
  const outOfMemory = new Set(steps.filter((step) => step.kind === "note-exit" && wasOutOfMemory(step.id, recovery)).map(({ id }) => id));
  for (const step of steps) parts.log.info(`recovery: ${describeStep(step)}`);
  await clear(steps, recovery);
  const living = steps.filter(({ kind }) => kind === "adopt").map(({ id }) => id);
  await recoverNetworks(living, recovery);
  holdVolumes(recovery);
  for (const step of steps) await settle(step, outOfMemory.has(step.id), recovery);
  const restarts = steps.filter(({ kind }) => kind === "restart").map(({ id }) => id);
  return () => { restartAll(restarts, recovery); };
}

/** Takes away what nobody needs: first who could make more of it, then processes, then files. */
async function clear(steps: readonly RecoveryStep[], { parts, registry }: Recovery): Promise<void> {
  for (const step of steps) if (step.kind === "kill-monitor") await killMonitor(step.pid, parts);
  const keep = new Set(steps.filter(({ kind }) => kind === "adopt").map(({ id }) => id));
  const removed = await destroyLeftovers(new Cgroup(parts.cgroups, parts.cgroupParent), parts.cgroups, { keep, poller: parts.poller });
  for (const id of removed) parts.log.info(`recovery: cgroup ${id.slice(0, 12)} is gone`);
  const states = steps.filter(({ kind }) => kind === "discard-state");
  await Promise.all(states.map(({ id }) => Promise.all([...parts.runtimes.values()].map((runtime) => runtime.delete(id)))));
  for (const { kind, id } of steps) {
    if (kind === "discard-bundle") rmSync(parts.places.bundle(id), { recursive: true, force: true });
    if (kind === "discard-layer") await parts.snapshotter.remove(id);
    if (kind === "discard-folder") rmSync(parts.places.container(id), { recursive: true, force: true });
  }
  for (const id of namesIn(parts.places.exits)) if (registry.get(id)?.isRunning !== true) rmSync(join(parts.places.exits, id), { force: true });
}

async function recoverNetworks(living: readonly string[], { parts, registry }: Recovery): Promise<void> {
  for (const id of living) bindNetwork(id, registry.get(id), parts);
  const { removed, warnings } = await parts.networks.recover(living);
  for (const line of removed) parts.log.info(`recovery: ${line} is gone`);
  for (const line of warnings) parts.log.warn(line);
}

/** The mount that named the namespace was in the last engine's own mount namespace; the container's program still is in it. */
function bindNetwork(id: string, container: Container | undefined, { places }: ContainerParts): void {
  const pid = container?.record.state.program?.pid;
  const target = join(places.execRoot, "netns", id);
  if (pid !== undefined && existsSync(target) && existsSync(`/proc/${pid}/ns/net`)) mount({ source: `/proc/${pid}/ns/net`, target, flags: ["bind"] });
}

function holdVolumes({ parts, registry }: Recovery): void {
  for (const { id, record } of registry.all()) for (const name of Object.values(record.volumes)) parts.volumes.hold(name, id);
}

/** The kernel counts in the container's cgroup, which is still there. */
function wasOutOfMemory(id: string, { parts, registry }: Recovery): boolean {
  const record = registry.get(id)?.record;
  return record !== undefined && new Cgroup(parts.cgroups, cgroupPathOf(record, parts)).oomKills() > 0;
}

async function settle({ kind, id }: RecoveryStep, isOutOfMemory: boolean, { parts, registry, lifecycle }: Recovery): Promise<void> {
  const container = registry.get(id);
  if (container === undefined) return;
  const { conmon, program } = container.record.state;
  if (kind === "finish-removal") await lifecycle.remove(container, { volumes: container.record.hostConfig.AutoRemove });
  if (kind === "adopt" && conmon !== undefined && program !== undefined) adopt(container, { conmon, program }, { parts, registry, lifecycle });
  if (kind === "note-exit") await lifecycle.noteExit(container, { ...await readExit(id, parts), isOutOfMemory });
}

/** Whether its processes stand still is what the record says: a pause that came to no end is none, and neither is one for a commit. */
function adopt(container: Container, monitor: Monitor, { parts, registry, lifecycle }: Recovery): void {
  lifecycle.watch(container, monitor);
  container.linkVariables = linkVariables(container.record, { parts, registry });
  const { live, record: { state } } = container;
  if (live?.freezer.isFrozen === true && !state.isPaused) live.freezer.thaw();
  if (live?.freezer.isFrozen === false && state.isPaused) registry.save(container, { state: paused(state, false) });
}

async function readExit(id: string, { places, clock }: ContainerParts) {
  const status = statSync(join(places.exits, id), { throwIfNoEntry: false });
  const code = await takeExitCode(places.exits, id);
  const finishedAt = status === undefined ? clock() : BigInt(Math.round(status.mtimeMs * 1000)) * 1000n;
  return { exitCode: code ?? 137, finishedAt: formatTimestamp(finishedAt) };
}

/** All at once, but those that are linked to others after those. */
function restartAll(ids: readonly string[], { parts, registry, lifecycle }: Recovery): void {
  const begun = new Map<string, Promise<void>>();
  const start = (id: string): Promise<void> => {
    const known = begun.get(id);
    const container = registry.get(id);
    if (known !== undefined || container === undefined || !ids.includes(id)) return known ?? Promise.resolve();
    const before = Promise.all(linkedIds(container.record, registry).map(start));
    const starting = before.then(() => lifecycle.start(container)).catch((error: unknown) => {
      parts.log.error(`cannot start container ${container.record.name}, as its restart policy wants`, error);
    });
    begun.set(id, starting);
    return starting;
  };
  for (const id of ids) void start(id);
}
