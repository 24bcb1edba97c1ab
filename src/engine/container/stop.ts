import { EngineError, isEngineError, parseSignal, type Signal } from "../../base/index.ts";
import type { ContainerStopOptions } from "../../api/types/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container, LiveProgram } from "./container.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ContainerParts } from "./parts.ts";
import { letGo } from "./pause.ts";
import type { ContainerRegistry } from "./registry.ts";
import { onUnhealthy } from "./restart-policy.ts";

const defaultTimeout = 10;
const kill = parseSignal("KILL");
const terminate = parseSignal("TERM");

interface Ending {
  readonly signal: Signal;
  /** Seconds until it is killed; negative: it is waited for. */
  readonly timeout: number;
}

export interface StopperParts {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  readonly lifecycle: Lifecycle;
}

/** Ends programs: politely, by force, by any signal. None of this waits in the container's queue. */
export class Stopper {
  readonly #parts: ContainerParts;
  readonly #registry: ContainerRegistry;
  readonly #lifecycle: Lifecycle;

  constructor({ parts, registry, lifecycle }: StopperParts) {
    this.#parts = parts;
    this.#registry = registry;
    this.#lifecycle = lifecycle;
    lifecycle.onUnhealthy = (container) => { this.#endUnwell(container); };
  }

  /** @throws EngineError `already-done` when it does not run */
  async stop(container: Container, options: ContainerStopOptions): Promise<void> {
    const signal = options.signal === undefined ? stopSignalOf(container) : parseSignal(options.signal);
    if (!container.isActive) throw new EngineError("already-done", `container ${container.record.name} does not run`);
    if (!this.#lifecycle.giveUpRestart(container)) await this.#end(container, { signal, timeout: options.timeout ?? container.record.config.StopTimeout ?? defaultTimeout });
    this.#emit(container, "stop");
  }

  async #end(container: Container, ending: Ending): Promise<void> {
    this.#lifecycle.markStopped(container);
    if (container.live !== undefined) await this.#endLive(container, container.live, ending);
  }

  /** Its policy starts it again. */
  #endUnwell(container: Container): void {
    const { live, record } = container;
    if (live === undefined || record.hostConfig.RestartPolicy.Name !== onUnhealthy) return;
    live.isUnwell = true;
    this.#endLive(container, live, { signal: stopSignalOf(container), timeout: record.config.StopTimeout ?? defaultTimeout }).catch((error: unknown) => {
      if (!isEngineError(error, "cancelled")) this.#parts.log.error(`cannot end the unhealthy container ${record.name}`, error);
    });
  }

  async #endLive(container: Container, live: LiveProgram, { signal, timeout }: Ending): Promise<void> {
    this.#sendLast(container, live, signal);
    if (timeout < 0) {
      await live.settled;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<"late">();
    const timer = setTimeout(() => { resolve("late"); }, timeout * 1000);
    try {
      if (await Promise.race([live.settled, promise]) !== "late") return;
      this.#sendLast(container, live, kill);
      await live.settled;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws EngineError `conflict` when it does not run, docker's text */
  async kill(container: Container, { ref, signal: text }: { readonly ref: string; readonly signal: string }): Promise<void> {
    const signal = text === "" ? kill : parseSignal(text);
    const { id } = container;
    if (this.#isWaitingToRestart(container)) {
      this.#lifecycle.giveUpRestart(container);
      return;
    }
    if (!container.isRunning) throw new EngineError("conflict", `cannot kill container: ${ref}: container ${id} is not running`);
    const stopSignal = container.record.config.StopSignal;
    const isMeantToEnd = signal.number === kill.number || stopSignal === undefined || parseSignal(stopSignal).number === signal.number;
    const { live } = container;
    if (isMeantToEnd) this.#lifecycle.markStopped(container);
    if (isMeantToEnd && live !== undefined) this.#sendLast(container, live, signal);
    else this.#send(container, signal);
    // By that the caller can rely on it, as with docker.
    if (signal.number === kill.number) await live?.settled;
  }

  /** Ends it at once, for a removal by force. */
  async destroy(container: Container): Promise<void> {
    if (this.#lifecycle.giveUpRestart(container)) return;
    const { live } = container;
    if (live === undefined) return;
    this.#lifecycle.markStopped(container);
    this.#sendLast(container, live, kill);
    await live.settled;
  }

  #isWaitingToRestart(container: Container): boolean {
    return container.record.state.status === "restarting";
  }

  /** A signal that is meant to end it reaches also what is paused. */
  #sendLast(container: Container, live: LiveProgram, signal: Signal): void {
    if (signal.number === kill.number) live.isKilled = true;
    this.#send(container, signal);
    letGo(container, live, { parts: this.#parts, registry: this.#registry });
  }

  #send(container: Container, signal: Signal): void {
    container.live?.program?.kill(signal.number);
    this.#emit(container, "kill", { signal: String(signal.number) });
  }

  #emit(container: Container, action: string, attributes: Readonly<Record<string, string>> = {}): void {
    emitContainerEvent(this.#parts.events, container, { action, attributes });
  }
}

function stopSignalOf({ record: { config } }: Container): Signal {
  return config.StopSignal === undefined ? terminate : parseSignal(config.StopSignal);
}
