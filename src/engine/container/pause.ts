import { EngineError } from "../../base/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container, LiveProgram } from "./container.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";
import { paused } from "./state.ts";

export interface Pausing {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
}

/**
 * Stops every process of a container where it is. The record follows the kernel: an engine that is killed in between
 * lets the processes go on at its next start, since nobody was told that they had stopped.
 * @throws EngineError `conflict` with docker's texts
 */
export async function pauseContainer(container: Container, pausing: Pausing): Promise<void> {
  await container.queue.run(async () => {
    const { id, record: { state } } = container;
    if (state.status === "restarting") throw new EngineError("conflict", `Container ${id} is restarting, wait until the container is running`);
    const { live } = container;
    if (live === undefined || !container.isRunning || live.isKilled) throw new EngineError("conflict", `container ${id} is not running`);
    if (state.isPaused) throw new EngineError("conflict", `Container ${id} is already paused`);
    await live.freezer.freeze(pausing.parts.poller);
    note(container, true, pausing);
  });
}

/** @throws EngineError `internal`, which is docker's choice, when it is not paused */
export async function unpauseContainer(container: Container, pausing: Pausing): Promise<void> {
  await container.queue.run(() => {
    const { id, live, record: { state } } = container;
    if (live === undefined || !state.isPaused) return Promise.reject(new EngineError("internal", `Container ${id} is not paused`));
    letGo(container, live, pausing);
    return Promise.resolve();
  });
}

/** Lets the processes of a container go on, so that a signal that is to end it reaches them; also those that are just being stopped. */
export function letGo(container: Container, { freezer }: LiveProgram, pausing: Pausing): void {
  freezer.thaw();
  if (container.record.state.isPaused) note(container, false, pausing);
}

function note(container: Container, isPaused: boolean, { parts, registry }: Pausing): void {
  registry.save(container, { state: paused(container.record.state, isPaused) });
  emitContainerEvent(parts.events, container, { action: isPaused ? "pause" : "unpause" });
}
