import type { ContainerConfig, HostConfig, RestartPolicy } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { healthPlan } from "./health-state.ts";

/** Milliseconds before the first restart, and at most. */
const firstDelay = 100;
const longestDelay = 60_000;
/** A program that ran for so long was well: the delay starts anew. */
const healthyTime = 10_000;

/** Ours beside docker's: as on-failure, and a container whose health check has failed is ended and started again. */
export const onUnhealthy = "on-unhealthy";

export interface RestartQuestion {
  readonly policy: RestartPolicy;
  readonly exitCode: number;
  /** Restarts since it was started by hand. */
  readonly restartCount: number;
  /** It was stopped or killed on purpose. */
  readonly isStopped: boolean;
  /** It was ended because its health check had failed. */
  readonly isUnwell?: boolean;
}

/** Whether a container whose program has ended is started again. */
export function shouldRestart({ policy, exitCode, restartCount, isStopped, isUnwell = false }: RestartQuestion): boolean {
  if (isStopped) return false;
  const isLeft = policy.MaximumRetryCount === 0 || restartCount < policy.MaximumRetryCount;
  switch (policy.Name) {
    case "always":
    case "unless-stopped":
      return true;
    case "on-failure":
      return exitCode !== 0 && isLeft;
    case onUnhealthy:
      return (exitCode !== 0 || isUnwell) && isLeft;
    default:
      return false;
  }
}

/** Whether a container that is found stopped when the engine starts is started again. */
export function shouldStartWithEngine(question: RestartQuestion & { readonly hasRun: boolean }): boolean {
  // What was stopped by hand stays so until the engine starts anew, except with unless-stopped.
  if (question.policy.Name === "always") return question.hasRun;
  return question.hasRun && shouldRestart(question);
}

/** docker's back-off: it doubles up to a minute, and starts anew after a run of 10 s. @returns milliseconds */
export function nextDelay(previous: number, ranFor: number): number {
  if (previous === 0 || ranFor >= healthyTime) return firstDelay;
  return Math.min(previous * 2, longestDelay);
}

/** @throws EngineError `invalid-argument`, docker's texts */
export function validateRestartPolicy({ RestartPolicy: policy, AutoRemove: autoRemove }: Pick<HostConfig, "RestartPolicy" | "AutoRemove">): void {
  const { Name: name, MaximumRetryCount: retries } = policy;
  const invalid = (text: string): EngineError => new EngineError("invalid-argument", text);
  if (!["", "no", "always", "on-failure", "unless-stopped", onUnhealthy].includes(name)) throw invalid(`invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  if (name !== "on-failure" && name !== onUnhealthy && retries !== 0) {
    throw invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (retries < 0) throw invalid("invalid restart policy: maximum retry count cannot be negative");
  if (autoRemove && name !== "" && name !== "no") throw invalid("can't create 'AutoRemove' container with restart policy");
}

/** @throws EngineError `invalid-argument` where a policy waits for a health check that there is not */
export function requireHealthCheck({ Name: name }: RestartPolicy, { Healthcheck: check, Shell: shell }: Pick<ContainerConfig, "Healthcheck" | "Shell">): void {
  if (name !== onUnhealthy || healthPlan(check, shell) !== undefined) return;
  throw new EngineError("invalid-argument", `invalid restart policy: '${onUnhealthy}' needs a health check; give --health-cmd, or an image that has one`);
}
