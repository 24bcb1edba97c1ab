import type { ContainerRecord } from "./record.ts";
import { shouldStartWithEngine } from "./restart-policy.ts";

/** What an engine that starts finds on its machine. */
export interface Observation {
  /** Containers whose conmon is alive: that very process, not one with its pid. */
  readonly watched: ReadonlySet<string>;
  /** Containers that have a writable layer. */
  readonly layers: ReadonlySet<string>;
  /** Folders of containers in the data root. */
  readonly folders: ReadonlySet<string>;
  /** Bundles in the exec root. */
  readonly bundles: ReadonlySet<string>;
  /** Containers that the runtimes know. */
  readonly runtimeStates: ReadonlySet<string>;
  /** conmon processes by container; that of an exec counts for its container. */
  readonly monitors: ReadonlyMap<string, readonly number[]>;
}

export type RecoveryStep =
  /** It runs: take hold of it again. */
  | { readonly kind: "adopt"; readonly id: string }
  /** It ended while no engine was there. */
  | { readonly kind: "note-exit"; readonly id: string }
  /** It ended before, and its policy starts it with the engine. */
  | { readonly kind: "restart"; readonly id: string }
  /** Its removal had begun. */
  | { readonly kind: "finish-removal"; readonly id: string }
  | { readonly kind: "kill-monitor"; readonly id: string; readonly pid: number }
  /** Belongs to no container that runs, or to none at all. */
  | { readonly kind: "discard-state" | "discard-bundle" | "discard-layer" | "discard-folder"; readonly id: string };

/** Decides what is done with everything that is there. Pure: the same finds give the same steps, in the order to be taken. */
export function planRecovery(records: readonly ContainerRecord[], found: Observation): readonly RecoveryStep[] {
  const known = new Map(records.map((record) => [record.id, record]));
  const living = new Set(records.filter((record) => isLiving(record, found)).map(({ id }) => id));
  return [...leftovers(living, known, found), ...records.flatMap((record) => stepsFor(record, living, found))];
}

function isLiving({ id, state }: ContainerRecord, { watched, layers }: Observation): boolean {
  return state.status === "running" && watched.has(id) && layers.has(id);
}

function stepsFor(record: ContainerRecord, living: ReadonlySet<string>, { layers }: Observation): readonly RecoveryStep[] {
  const { id, state, hostConfig } = record;
  if (!layers.has(id)) return [{ kind: "finish-removal", id }];
  if (living.has(id)) return [{ kind: "adopt", id }];
  if (state.status === "running") return [{ kind: "note-exit", id }];
  // What was awaiting its restart is started at once; what failed or was stopped only if its policy says so.
  const starts = state.status === "restarting" || shouldStartWithEngine({
    policy: hostConfig.RestartPolicy, exitCode: state.exitCode, restartCount: record.restartCount, isStopped: state.isStopped, hasRun: state.status === "exited",
  });
  if (starts) return [{ kind: "restart", id }];
  return hostConfig.AutoRemove && state.status === "exited" ? [{ kind: "finish-removal", id }] : [];
}

function leftovers(living: ReadonlySet<string>, known: ReadonlyMap<string, ContainerRecord>, found: Observation): readonly RecoveryStep[] {
  const steps: RecoveryStep[] = [];
  for (const [id, pids] of found.monitors) if (!living.has(id)) steps.push(...pids.map((pid): RecoveryStep => ({ kind: "kill-monitor", id, pid })));
  for (const id of found.runtimeStates) if (!living.has(id)) steps.push({ kind: "discard-state", id });
  for (const id of found.bundles) if (!living.has(id)) steps.push({ kind: "discard-bundle", id });
  for (const id of found.layers) if (!known.has(id)) steps.push({ kind: "discard-layer", id });
  for (const id of found.folders) if (!known.has(id)) steps.push({ kind: "discard-folder", id });
  return steps;
}

/** For the log and for tests: one line for each step. */
export function describeStep(step: RecoveryStep): string {
  const id = step.id.slice(0, 12);
  return step.kind === "kill-monitor" ? `${step.kind} ${step.pid} of ${id}` : `${step.kind} ${id}`;
}
