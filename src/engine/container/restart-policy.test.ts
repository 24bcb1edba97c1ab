import { expect, test } from "bun:test";
import { nextDelay, requireHealthCheck, shouldRestart, shouldStartWithEngine, validateRestartPolicy } from "./restart-policy.ts";

function question(name: string, changes: Partial<Parameters<typeof shouldStartWithEngine>[0]> = {}) {
  return { policy: { Name: name, MaximumRetryCount: 0 }, exitCode: 1, restartCount: 0, isStopped: false, hasRun: true, ...changes };
}

test("shouldRestart: each policy", () => {
  expect(["", "no", "always", "unless-stopped", "on-failure"].map((name) => shouldRestart(question(name)))).toEqual([false, false, true, true, true]);
  expect(shouldRestart(question("on-failure", { exitCode: 0 }))).toBe(false);
  expect(shouldRestart(question("always", { exitCode: 0 }))).toBe(true);
  expect(shouldRestart(question("always", { isStopped: true }))).toBe(false);
  const twice = { Name: "on-failure", MaximumRetryCount: 2 };
  const unwell = { exitCode: 0, isUnwell: true };
  expect(["on-unhealthy", "on-failure", "no"].map((name) => shouldRestart(question(name, unwell)))).toEqual([true, false, false]);
  expect([0, 1].map((exitCode) => shouldRestart(question("on-unhealthy", { exitCode })))).toEqual([false, true]);
  expect(shouldRestart(question("on-unhealthy", { ...unwell, policy: { Name: "on-unhealthy", MaximumRetryCount: 2 }, restartCount: 2 }))).toBe(false);
  expect([0, 1, 2].map((restartCount) => shouldRestart(question("on-failure", { policy: twice, restartCount })))).toEqual([true, true, false]);
});

test("shouldStartWithEngine: only always comes back after it was stopped by hand, and nothing that never ran", () => {
  expect(["always", "unless-stopped", "on-failure", "no"].map((name) => shouldStartWithEngine(question(name, { isStopped: true })))).toEqual([true, false, false, false]);
  expect(shouldStartWithEngine(question("always", { hasRun: false }))).toBe(false);
  expect(shouldStartWithEngine(question("on-failure", { exitCode: 0 }))).toBe(false);
});

test("nextDelay doubles from 100 ms to a minute, and begins anew after ten seconds", () => {
  const delays = [0];
  for (let i = 0; i < 12; i++) delays.push(nextDelay(delays.at(-1) ?? 0, 50));
  expect(delays.slice(1)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  expect(nextDelay(60_000, 10_000)).toBe(100);
});

test("validateRestartPolicy: docker's texts", () => {
  const check = (Name: string, MaximumRetryCount = 0, AutoRemove = false) => () => { validateRestartPolicy({ RestartPolicy: { Name, MaximumRetryCount }, AutoRemove }); };
  expect(check("sometimes")).toThrow("unknown policy 'sometimes'");
  expect(check("always", 3)).toThrow("maximum retry count can only be used with 'on-failure'");
  expect(check("on-failure", -1)).toThrow("cannot be negative");
  expect(check("always", 0, true)).toThrow("can't create 'AutoRemove' container with restart policy");
  expect(check("no", 0, true)).not.toThrow();
  expect(check("on-unhealthy", 3)).not.toThrow();
});

test("requireHealthCheck: on-unhealthy alone needs one", () => {
  const policy = { Name: "on-unhealthy", MaximumRetryCount: 0 };
  expect(() => { requireHealthCheck(policy, {}); }).toThrow("'on-unhealthy' needs a health check");
  expect(() => { requireHealthCheck(policy, { Healthcheck: { Test: ["NONE"] } }); }).toThrow("needs a health check");
  expect(() => { requireHealthCheck(policy, { Healthcheck: { Test: ["CMD", "true"] } }); }).not.toThrow();
  expect(() => { requireHealthCheck({ ...policy, Name: "always" }, {}); }).not.toThrow();
});
