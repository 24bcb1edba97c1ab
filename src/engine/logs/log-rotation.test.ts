import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, existsSync, linkSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Poller } from "../../host/poll/index.ts";
import { FileWatcher } from "../../host/watch/index.ts";
import { LogRotation, openLog, type KeptLog, type LogLimits } from "./index.ts";

let folder: string;
let file: string;
let poller: Poller;
let watcher: FileWatcher;
let rotation: LogRotation;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
  file = join(folder, "log");
  poller = new Poller();
  watcher = new FileWatcher(poller);
  warnings = [];
  rotation = new LogRotation(watcher, (message, cause) => warnings.push(`${message}: ${String(cause)}`));
});

afterEach(() => {
  rotation.close();
  watcher.close();
  poller.close();
  rmSync(folder, { recursive: true });
  expect(warnings).toEqual([]);
});

const record = (text: string): string => `2026-11-27T22:04:05.500000001+00:00 stdout F ${text}\n`;

/** What conmon does: it makes a new file, and puts it in the place of the old one. */
function reopen(): void {
  writeFileSync(`${file}.tmp`, "");
  renameSync(`${file}.tmp`, file);
}

function kept(limits: Partial<LogLimits>, more: Partial<KeptLog> = {}): KeptLog {
  return {
    path: file, limits: { maxSize: 200, maxFiles: 3, compress: false, ...limits }, ended: new Promise(() => undefined), reopen,
    settleCommands: () => Promise.resolve(), ...more,
  };
}

const names = (): string[] => readdirSync(folder).sort();

/** Waits until the folder holds what it should; every change to it counts. */
async function settled(wanted: readonly string[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setInterval(() => { if (names().join() === wanted.join()) resolve(undefined); }, 5);
  await promise;
  clearInterval(timer);
}

async function readAll(): Promise<string> {
  const options = { follow: false, stdout: true, stderr: true, timestamps: false, details: false };
  await using log = openLog({ file, tty: false, attributes: {}, ended: undefined, signal: new AbortController().signal, options }, watcher);
  let text = "";
  await log.copyTo({ write: (_, bytes) => Promise.resolve(void (text += Buffer.from(bytes).toString())) });
  return text;
}

test("LogRotation: a log that is large enough is put aside, and the oldest pieces go", async () => {
  writeFileSync(file, "");
  rotation.keep(kept({}));
  for (let i = 1; i <= 4; i++) {
    appendFileSync(file, record(`${i} ${"x".repeat(200)}`));
    await settled(["log", ...[i - 1, i].filter((n) => n > 0).map((n) => `log.${n}`)]);
  }
  expect((await readAll()).match(/^\d/gm)).toEqual(["3", "4"]);
});

test("LogRotation: pieces are compressed and read as before", async () => {
  writeFileSync(file, record("x".repeat(300)));
  rotation.keep(kept({ compress: true, maxFiles: 5 }));
  await settled(["log", "log.1.gz"]);
  appendFileSync(file, record("y".repeat(300)));
  await settled(["log", "log.1.gz", "log.2.gz"]);
  expect(await readAll()).toBe(`${"x".repeat(300)}\n${"y".repeat(300)}\n`);
});

test("LogRotation: of a log of one piece the number goes on, though nothing else is kept", async () => {
  writeFileSync(file, record("x".repeat(300)));
  rotation.keep(kept({ maxFiles: 1 }));
  await settled(["log", "log.1"]);
  appendFileSync(file, record("y".repeat(300)));
  await settled(["log", "log.2"]);
  appendFileSync(file, record("z"));
  expect(await readAll()).toBe("z\n");
});

test("LogRotation: what a killed engine left is finished: a name without a new file, a piece half compressed", async () => {
  writeFileSync(file, record("new"));
  linkSync(file, `${file}.3`);
  writeFileSync(`${file}.1`, record("one"));
  writeFileSync(`${file}.2`, record("two"));
  writeFileSync(`${file}.2.gz.aside`, "half");
  let settledFirst = false;
  rotation.keep(kept({ compress: true, maxFiles: 5 }, {
    settleCommands: () => Promise.resolve(void (settledFirst = true)),
    reopen: () => { expect(settledFirst).toBe(true); reopen(); },
  }));
  await settled(["log", "log.1.gz", "log.2.gz", "log.3.gz"]);
  expect(await readAll()).toBe("one\ntwo\nnew\n");
});

test("LogRotation: conmon that was told already is not told again", async () => {
  writeFileSync(file, record("old"));
  linkSync(file, `${file}.1`);
  rotation.keep(kept({}, {
    settleCommands: () => { reopen(); appendFileSync(file, record("new")); return Promise.resolve(); },
    reopen: () => { throw new Error("told twice"); },
  }));
  await settled(["log", "log.1"]);
  await new Promise(setImmediate);
  expect(await readAll()).toBe("old\nnew\n");
});

test("LogRotation: conmon that ends before it was told leaves the log in one piece", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  writeFileSync(file, record("x".repeat(300)));
  rotation.keep(kept({}, { ended, reopen: () => { end(undefined); } }));
  await ended;
  await settled(["log"]);
  expect(statSync(file).size).toBeGreaterThan(300);
  expect(existsSync(`${file}.1`)).toBe(false);
});
