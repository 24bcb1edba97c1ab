import { rmSync, writeFileSync } from "node:fs";
import { EngineError, isEngineError } from "../base/index.ts";
import { enterOwnMountNamespace } from "../host/mount/index.ts";
import { daemonHelp, openLog, parseDaemonOptions, type DaemonOptions, type Log } from "./daemon/index.ts";
import { Engine, type EngineRequest } from "./engine.ts";
import { activatedSockets } from "./server/index.ts";

/** The process that `wharf daemon` runs in. */
export interface DaemonProcess {
  /** What follows `wharf daemon`. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly version: string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** @returns what ends it */
  readonly onSignals: (signals: readonly NodeJS.Signals[], handle: (signal: NodeJS.Signals) => void) => Disposable;
}

/** Threads for what may block, and the one that waits for descriptors (docs/architecture.md, "Threads"). */
const threads = { UV_THREADPOOL_SIZE: "16" };

/** Runs the engine until it is told to end. @returns the exit code */
export async function runDaemon(daemon: DaemonProcess): Promise<number> {
  try {
    const options = parseDaemonOptions(daemon.words);
    if (options === "help") {
      daemon.print(daemonHelp);
      return 0;
    }
    if (process.geteuid?.() !== 0) throw new EngineError("forbidden", "the engine needs root: it mounts, makes namespaces and sets limits", { hint: "run it with sudo" });
    const activated = activatedSockets(daemon.environment, daemon.pid);
    // The program starts anew here, once.
    using hostMounts = enterOwnMountNamespace(daemon.environment, threads);
    await serve(options, daemon, { activated, hostMounts });
    return 0;
  } catch (error) {
    daemon.complain(`wharf daemon: ${describe(error)}\n`);
    return isEngineError(error, "invalid-argument") ? 125 : 1;
  }
}

async function serve(options: DaemonOptions, daemon: DaemonProcess, inherited: Pick<EngineRequest, "activated" | "hostMounts">): Promise<void> {
  const log = openLog(options.logLevel);
  const { promise: told, resolve } = Promise.withResolvers<NodeJS.Signals>();
  using _signals = daemon.onSignals(["SIGTERM", "SIGINT"], resolve);
  await using engine = await Engine.open({ options, log, version: daemon.version, searchPath: daemon.environment.PATH ?? "", ...inherited });
  if (options.pidFile !== undefined) writeFileSync(options.pidFile, `${daemon.pid}\n`);
  try {
    await engine.serve();
    await stopped(told, log);
  } finally {
    if (options.pidFile !== undefined) rmSync(options.pidFile, { force: true });
  }
}

async function stopped(told: Promise<NodeJS.Signals>, log: Log): Promise<void> {
  log.info("the engine is ready");
  const signal = await told;
  log.info(`${signal}: no more calls are taken, containers go on`);
}

function describe(error: unknown): string {
  if (!(error instanceof EngineError)) return error instanceof Error ? error.message : String(error);
  return error.hint === undefined ? error.message : `${error.message}\n  ${error.hint}`;
}
