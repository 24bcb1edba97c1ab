import type { Health, HealthcheckResult, HealthConfig } from "../../api/types/index.ts";

/** A health check with docker's defaults filled in; times in milliseconds. */
export interface HealthPlan {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  /** Between checks while the start period lasts. */
  readonly startInterval: number;
  readonly retries: number;
}

const defaults = { interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5_000, retries: 3 } as const;
const keptResults = 5;

/** @returns undefined where the container has no health check, or one that was taken away with NONE */
export function healthPlan(config: HealthConfig | undefined, shell: readonly string[] | undefined): HealthPlan | undefined {
  const [kind, ...rest] = config?.Test ?? [];
  const command = kind === "CMD" ? rest : kind === "CMD-SHELL" ? [...(shell ?? ["/bin/sh", "-c"]), ...rest] : undefined;
  if (command === undefined || command.length === 0) return undefined;
  const milliseconds = (nanoseconds: number | undefined, absent: number): number => (nanoseconds === undefined || nanoseconds === 0 ? absent : nanoseconds / 1e6);
  return {
    command,
    interval: milliseconds(config?.Interval, defaults.interval),
    timeout: milliseconds(config?.Timeout, defaults.timeout),
    startPeriod: milliseconds(config?.StartPeriod, defaults.startPeriod),
    startInterval: milliseconds(config?.StartInterval, defaults.startInterval),
    retries: config?.Retries === undefined || config.Retries === 0 ? defaults.retries : config.Retries,
  };
}

export const startingHealth: Health = { Status: "starting", FailingStreak: 0, Log: [] };

/**
 * What one result makes of a container's health: the first success makes it healthy, and so many failures in a row
 * unhealthy, which do not count while the start period lasts and nothing has succeeded yet.
 * @param isStartPeriod whether the check ended within it
 */
export function nextHealth(health: Health, result: HealthcheckResult, { plan, isStartPeriod }: { readonly plan: HealthPlan; readonly isStartPeriod: boolean }): Health {
  const Log = [...(health.Log ?? []), result].slice(-keptResults);
  if (result.ExitCode === 0) return { Status: "healthy", FailingStreak: 0, Log };
  if (health.Status === "starting" && isStartPeriod) return { ...health, Log };
  const FailingStreak = health.FailingStreak + 1;
  return { Status: FailingStreak >= plan.retries ? "unhealthy" : health.Status, FailingStreak, Log };
}

/** Milliseconds until the next check. @param age of the run, in milliseconds */
export function nextCheck(plan: HealthPlan, health: Health, age: number): number {
  const isStarting = health.Status === "starting" && age < plan.startPeriod;
  return isStarting ? Math.min(plan.startInterval, plan.interval) : plan.interval;
}
