import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Poller } from "../poll/index.ts";
import { FileWatcher } from "./file-watcher.ts";

let folder: string;
let poller: Poller;
let watcher: FileWatcher;
let path: string;
let file: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watch-"));
  path = join(folder, "log");
  file = openSync(path, "a+");
  poller = new Poller();
  watcher = new FileWatcher(poller);
});

afterEach(() => {
  watcher.close();
  poller.close();
  closeSync(file);
  rmSync(folder, { recursive: true });
});

test("FileWatcher: what is written between the wait's begin and its await is not missed", async () => {
  for (let i = 0; i < 200; i++) {
    using change = watcher.next(file);
    writeSync(file, "x");
    await change.happened;
  }
});

test("FileWatcher: every waiter of a file is woken, and one that left takes nothing from the others", async () => {
  using first = watcher.next(file);
  const second = watcher.next(file);
  using third = watcher.next(file);
  second[Symbol.dispose]();
  writeFileSync(path, "x");
  await Promise.all([first.happened, third.happened]);
});

test("FileWatcher: a file that is renamed or replaced has changed", async () => {
  using renamed = watcher.next(file);
  renameSync(path, join(folder, "log.1"));
  await renamed.happened;
  using replaced = watcher.next(file);
  writeFileSync(path, "");
  renameSync(path, join(folder, "log.1"));
  await replaced.happened;
});

test("FileWatcher: closing ends a wait", async () => {
  const change = watcher.next(file);
  watcher.close();
  expect(change.happened).rejects.toThrow("shutting down");
  await change.happened.catch(() => undefined);
});
