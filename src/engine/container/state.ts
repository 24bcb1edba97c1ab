import type { ContainerState, ContainerStatus, Health } from "../../api/types/index.ts";
import type { ProcessIdentity } from "../../host/process/index.ts";
import type { StoredState } from "./record.ts";

/*
 * How a container's state changes. Pure: what happened goes in, what is kept comes out.
 */

/** The program runs. */
export function started(state: StoredState, now: string, programs: { readonly conmon: ProcessIdentity; readonly program: ProcessIdentity }): StoredState {
  return { ...state, status: "running", isPaused: false, exitCode: 0, error: "", isOutOfMemory: false, startedAt: now, isStopped: false, ...programs };
}

export interface Exit {
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  /** RFC 3339. */
  readonly finishedAt: string;
}

/** The program has ended; `isRestarting` when it is to be started again by its policy. */
export function ended(state: StoredState, { exitCode, isOutOfMemory, finishedAt }: Exit, isRestarting: boolean): StoredState {
  const kept = withoutPrograms(state);
  return { ...kept, status: isRestarting ? "restarting" : "exited", isPaused: false, exitCode, isOutOfMemory, finishedAt };
}

/** The program could not be started. A container that never ran stays "created", as docker's does. */
export function failed(state: StoredState, error: string, exitCode: number): StoredState {
  const kept = withoutPrograms(state);
  const status = state.status === "created" ? "created" : "exited";
  return { ...kept, status, isPaused: false, exitCode: exitCode === 0 ? 128 : exitCode, error };
}

/** All its processes were stopped where they are, or go on. */
export function paused(state: StoredState, isPaused: boolean): StoredState {
  return { ...state, isPaused };
}

/** A restart that was awaited will not come. */
export function settled(state: StoredState): StoredState {
  return { ...withoutPrograms(state), status: state.status === "restarting" ? "exited" : state.status, isPaused: false };
}

function withoutPrograms(state: StoredState): StoredState {
  const { status, isPaused, exitCode, error, isOutOfMemory, startedAt, finishedAt, isStopped } = state;
  return { status, isPaused, exitCode, error, isOutOfMemory, startedAt, finishedAt, isStopped };
}

export interface Momentary {
  readonly isRemoving: boolean;
  readonly health?: Health | undefined;
}

export function statusOf(state: StoredState, { isRemoving }: Momentary): ContainerStatus {
  if (isRemoving && state.status !== "running") return "removing";
  return state.status === "running" && state.isPaused ? "paused" : state.status;
}

/** The state as inspect shows it. A container that waits for its restart counts as running, as docker has it. */
export function describeState(state: StoredState, momentary: Momentary): ContainerState {
  const isRestarting = state.status === "restarting";
  return {
    Status: statusOf(state, momentary),
    Running: state.status === "running" || isRestarting,
    Paused: state.isPaused,
    Restarting: isRestarting,
    OOMKilled: state.isOutOfMemory,
    Dead: state.status === "dead",
    Pid: state.program?.pid ?? 0,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
    ...(momentary.health === undefined ? {} : { Health: momentary.health }),
  };
}
