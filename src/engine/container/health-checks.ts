import { randomBytes } from "node:crypto";
import type { Health, HealthcheckResult } from "../../api/types/index.ts";
import { formatTimestamp, isEngineError, millisecondsOf } from "../../base/index.ts";
import { AttachSocket } from "../../host/conmon/index.ts";
import { identifyProcess, ProcessHandle } from "../../host/process/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import { Exec } from "./exec.ts";
import { launchExec } from "./exec-launch.ts";
import { healthPlan, nextCheck, nextHealth, startingHealth, type HealthPlan } from "./health-state.ts";
import type { ContainerParts } from "./parts.ts";

const mostOutput = 4096;

/** Runs the health checks of running containers, one at a time for each. */
export class HealthChecks {
  readonly #parts: ContainerParts;
  /** What ends the checks of a container. */
  readonly #running = new Map<string, AbortController>();
  readonly #onUnhealthy: (container: Container) => void;

  /** @param onUnhealthy called when a container has become unhealthy */
  constructor(parts: ContainerParts, onUnhealthy: (container: Container) => void) {
    this.#parts = parts;
    this.#onUnhealthy = onUnhealthy;
  }

  /** The container's program runs. One that has no health check is none of ours. */
  begin(container: Container): void {
    const { config } = container.record;
    const plan = healthPlan(config.Healthcheck, config.Shell);
    this.end(container);
    container.health = plan === undefined ? undefined : startingHealth;
    if (plan === undefined) return;
    const stop = new AbortController();
    this.#running.set(container.id, stop);
    this.#loop(container, plan, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted && !isEngineError(error, "cancelled")) this.#parts.log.error(`the health checks of container ${container.record.name} have ended`, error);
    });
  }

  /** The program has ended. Its last health is still shown. */
  end(container: Container): void {
    this.#running.get(container.id)?.abort();
    this.#running.delete(container.id);
  }

  close(): void {
    for (const stop of this.#running.values()) stop.abort();
    this.#running.clear();
  }

  async #loop(container: Container, plan: HealthPlan, stop: AbortSignal): Promise<void> {
    const age = (): number => Date.now() - millisecondsOf(container.record.state.startedAt);
    const isStopped = (): boolean => stop.aborted;
    // A stopped process cannot answer, and says nothing about its health.
    const isMute = (): boolean => isStopped() || container.record.state.isPaused;
    while (!isStopped()) {
      await pause(nextCheck(plan, container.health ?? startingHealth, age()), stop);
      if (isMute()) continue;
      const result = await this.#check(container, plan);
      if (!isMute()) this.#take(container, nextHealth(container.health ?? startingHealth, result, { plan, isStartPeriod: age() < plan.startPeriod }));
    }
  }

  #take(container: Container, health: Health): void {
    const before = container.health?.Status;
    container.health = health;
    if (before === health.Status) return;
    emitContainerEvent(this.#parts.events, container, { action: `health_status: ${health.Status}` });
    if (health.Status === "unhealthy") this.#onUnhealthy(container);
  }

  async #check(container: Container, plan: HealthPlan): Promise<HealthcheckResult> {
    const Start = formatTimestamp(this.#parts.clock());
    const exec = new Exec(randomBytes(32).toString("hex"), container, {
      User: "", Privileged: false, Tty: false, AttachStdin: false, AttachStdout: true, AttachStderr: true, DetachKeys: "", Env: null, WorkingDir: "", Cmd: plan.command,
    });
    const emit = (action: string, attributes: Readonly<Record<string, string>> = {}): void => {
      emitContainerEvent(this.#parts.events, container, { action, attributes: { execID: exec.id, ...attributes } });
    };
    emit(`exec_create: ${exec.command}`);
    emit(`exec_start: ${exec.command}`);
    const outcome = await this.#run(exec, plan.timeout);
    emit("exec_die", { exitCode: String(outcome.ExitCode) });
    return { Start, End: formatTimestamp(this.#parts.clock()), ...outcome };
  }

  async #run(exec: Exec, timeout: number): Promise<Outcome> {
    let socket: AttachSocket | undefined;
    try {
      const onReady = async (path: string): Promise<void> => {
        socket = await AttachSocket.connectInTurn(path, this.#parts.poller);
      };
      const { exit } = await launchExec(exec, { parts: this.#parts, options: { tty: false }, onReady });
      return await inTime(exec, timeout, async (signal) => {
        const [ExitCode, Output] = await Promise.all([exit, socket === undefined ? "" : readOutput(socket, signal)]);
        return { ExitCode, Output };
      });
    } catch (error) {
      if (isEngineError(error, "cancelled")) throw error;
      return { ExitCode: -1, Output: error instanceof Error ? error.message : String(error) };
    } finally {
      socket?.close();
    }
  }
}

interface Outcome {
  readonly ExitCode: number;
  readonly Output: string;
}

/**
 * The outcome of a check, or when its time is up its end: it is killed, and what it may have left behind with its output
 * open is not waited for.
 */
async function inTime(exec: Exec, timeout: number, finish: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
  const late = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => {
    resolve({ ExitCode: -1, Output: `Health check exceeded timeout (${timeout / 1000}s)` });
    killExec(exec);
    late.abort();
  }, timeout);
  try {
    return await Promise.race([promise, finish(late.signal)]);
  } finally {
    clearTimeout(timer);
  }
}

function killExec({ pid }: Exec): void {
  const identity = identifyProcess(pid);
  if (identity === undefined) return;
  using program = ProcessHandle.open(identity);
  program?.kill("SIGKILL");
}

/** The first so many bytes; the rest is read and dropped, since the program waits for its reader. */
async function readOutput(socket: AttachSocket, signal: AbortSignal): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let output = await socket.read(signal); output !== undefined; output = await socket.read(signal)) {
    if (size < mostOutput) pieces.push(output.bytes);
    size += output.bytes.length;
  }
  const text = Buffer.concat(pieces);
  return text.length > mostOutput ? `${text.subarray(0, mostOutput).toString()}...` : text.toString();
}

async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => { resolve(undefined); };
  const timer = setTimeout(end, milliseconds);
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
  }
}
