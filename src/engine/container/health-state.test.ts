import { expect, test } from "bun:test";
import type { Health, HealthcheckResult } from "../../api/types/index.ts";
import { healthPlan, nextCheck, nextHealth, startingHealth, type HealthPlan } from "./health-state.ts";

const plan: HealthPlan = { command: ["true"], interval: 1000, timeout: 1000, startPeriod: 0, startInterval: 100, retries: 3 };

function result(ExitCode: number): HealthcheckResult {
  return { Start: "", End: "", ExitCode, Output: "" };
}

function after(codes: readonly number[], isStartPeriod = false, first: Health = startingHealth): string {
  const health = codes.reduce((now, code) => nextHealth(now, result(code), { plan, isStartPeriod }), first);
  return `${health.Status} ${health.FailingStreak}`;
}

test("healthPlan: docker's defaults, the shell, and none", () => {
  expect(healthPlan({ Test: ["CMD", "a", "b"] }, undefined)).toEqual({ command: ["a", "b"], interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5_000, retries: 3 });
  expect(healthPlan({ Test: ["CMD-SHELL", "a b"], Interval: 2e9, Retries: 1 }, ["/bin/ash", "-c"])).toMatchObject({ command: ["/bin/ash", "-c", "a b"], interval: 2000, retries: 1 });
  for (const test of [["NONE"], [], ["CMD"]]) expect(healthPlan({ Test: test }, undefined)).toBeUndefined();
  expect(healthPlan(undefined, undefined)).toBeUndefined();
});

test("nextHealth: one success heals, failures count in a row", () => {
  expect(after([0])).toBe("healthy 0");
  expect(after([1, 1])).toBe("starting 2");
  expect(after([1, 1, 1])).toBe("unhealthy 3");
  expect(after([1, 1, 0, 1])).toBe("healthy 1");
  expect(after([1, 1, 1, 1, 0])).toBe("healthy 0");
});

test("nextHealth: failures of the start period do not count, until something succeeded", () => {
  expect(after([1, 1, 1, 1], true)).toBe("starting 0");
  expect(after([0, 1, 1, 1], true)).toBe("unhealthy 3");
});

test("nextHealth: the last five results are kept", () => {
  let health = startingHealth;
  for (let code = 1; code <= 7; code++) health = nextHealth(health, result(code), { plan, isStartPeriod: false });
  expect(health.Log?.map(({ ExitCode }) => ExitCode)).toEqual([3, 4, 5, 6, 7]);
});

test("nextCheck: more often while the start period lasts", () => {
  const patient = { ...plan, startPeriod: 5000 };
  expect(nextCheck(patient, startingHealth, 100)).toBe(100);
  expect(nextCheck(patient, startingHealth, 6000)).toBe(1000);
  expect(nextCheck(patient, { ...startingHealth, Status: "healthy" }, 100)).toBe(1000);
});
