import { expect, test } from "bun:test";
import { freshState } from "./record.ts";
import { describeState, ended, failed, settled, started, statusOf } from "./state.ts";
import { humanDuration, statusText } from "./status-text.ts";

const programs = { conmon: { pid: 10, startTime: 1 }, program: { pid: 11, startTime: 2 } };
const still = { isRemoving: false };
const t0 = "2024-01-02T03:04:05Z";
const t1 = "2024-01-02T03:04:06.5Z";

test("a run: created, running, exited; what one start left is gone with the next", () => {
  const running = started({ ...freshState, error: "old", exitCode: 3, isStopped: true }, t0, programs);
  expect(running).toMatchObject({ status: "running", exitCode: 0, error: "", isStopped: false, startedAt: t0, program: { pid: 11 } });
  expect(describeState(running, still)).toMatchObject({ Status: "running", Running: true, Pid: 11 });
  const exited = ended(running, { exitCode: 137, isOutOfMemory: true, finishedAt: t1 }, false);
  expect(exited.program).toBeUndefined();
  expect(describeState(exited, still)).toMatchObject({ Status: "exited", Running: false, OOMKilled: true, ExitCode: 137, Pid: 0, FinishedAt: t1 });
});

test("a restart that is awaited counts as running until it is given up", () => {
  const waiting = ended(started(freshState, t0, programs), { exitCode: 1, isOutOfMemory: false, finishedAt: t1 }, true);
  expect(describeState(waiting, still)).toMatchObject({ Status: "restarting", Running: true, Restarting: true, ExitCode: 1 });
  expect(settled(waiting).status).toBe("exited");
});

test("a start that failed: what never ran stays created, and an exit code of 0 would be a lie", () => {
  expect(failed(freshState, "no such file", 127)).toMatchObject({ status: "created", exitCode: 127, error: "no such file" });
  const exited = ended(started(freshState, t0, programs), { exitCode: 0, isOutOfMemory: false, finishedAt: t1 }, false);
  expect(failed(exited, "broken", 0)).toMatchObject({ status: "exited", exitCode: 128 });
});

test("statusOf: paused and removing", () => {
  const running = started(freshState, t0, programs);
  expect(statusOf({ ...running, isPaused: true }, still)).toBe("paused");
  expect(statusOf(freshState, { isRemoving: true })).toBe("removing");
});

test("statusText and humanDuration: docker's words", () => {
  const running = started(freshState, t0, programs);
  const now = Date.parse("2024-01-02T03:06:10Z");
  const idle = { isRemoving: false };
  expect(statusText(running, idle, now)).toBe("Up 2 minutes");
  expect(statusText(running, { ...idle, health: { Status: "starting", FailingStreak: 0, Log: [] } }, now)).toBe("Up 2 minutes (health: starting)");
  expect(statusText(running, { ...idle, health: { Status: "unhealthy", FailingStreak: 3, Log: [] } }, now)).toBe("Up 2 minutes (unhealthy)");
  expect(statusText({ ...running, isPaused: true }, idle, now)).toBe("Up 2 minutes (Paused)");
  expect(statusText(ended(running, { exitCode: 2, isOutOfMemory: false, finishedAt: t1 }, false), idle, now)).toBe("Exited (2) 2 minutes ago");
  expect(statusText(freshState, idle, now)).toBe("Created");
  const words = [0, 1e3, 59e3, 60e3, 120e3, 3600e3, 47 * 3600e3, 48 * 3600e3, 15 * 86_400e3, 61 * 86_400e3, 800 * 86_400e3].map(humanDuration);
  expect(words).toEqual(["Less than a second", "1 second", "59 seconds", "About a minute", "2 minutes", "About an hour", "47 hours", "2 days", "2 weeks", "2 months", "2 years"]);
});
