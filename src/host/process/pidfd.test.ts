import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Poller } from "../poll/index.ts";
import { tryLock } from "./lock.ts";
import { identifyProcess, parseProcessStat, ProcessHandle } from "./pidfd.ts";

test("parseProcessStat: a name may hold what looks like fields", () => {
  const rest = Array.from({ length: 18 }, (_, i) => String(i)).join(" ");
  expect(parseProcessStat(7, `7 (a) b (c)) S ${rest} 4711 0`)).toEqual({ pid: 7, startTime: 4711 });
  expect(parseProcessStat(7, `7 (a) Z ${rest} 4711 0`)).toBeUndefined();
  expect(parseProcessStat(7, "")).toBeUndefined();
});

test("ProcessHandle: tells the end of a process, and refuses another with the same pid", async () => {
  using poller = new Poller();
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error("the child is not there");
  expect(ProcessHandle.open({ ...identity, startTime: identity.startTime + 1 })).toBeUndefined();
  using handle = ProcessHandle.open(identity);
  const exited = handle?.exited(poller);
  expect(handle?.kill("SIGTERM")).toBe(true);
  await exited;
  if (child.exitCode === null && child.signalCode === null) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    child.once("exit", () => { resolve(undefined); });
    await promise;
  }
  expect(ProcessHandle.open(identity)).toBeUndefined();
  expect(handle?.kill("SIGTERM")).toBe(false);
});

test("tryLock: one holder at a time", () => {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  const path = join(folder, "lock");
  const first = tryLock(path);
  expect(first).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  first?.close();
  tryLock(path)?.close();
  rmSync(folder, { recursive: true });
});
