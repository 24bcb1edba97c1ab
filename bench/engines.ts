import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { TestEngine } from "../test/engine-harness.ts";
import { Dockerd, dockerdMissing } from "../test/peer/dockerd.ts";

/** An engine that is measured, through its own command line. */
export interface MeasuredEngine extends AsyncDisposable {
  readonly name: "wharf" | "docker" | "podman";
  /** The words before every command. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments that `run` needs on this machine besides. */
  readonly runArguments: readonly string[];
  /** Processes that belong to the engine and to its containers, without the containers' own programs. */
  processes(): readonly number[];
}

export async function startEngines(): Promise<{ engines: MeasuredEngine[]; missing: string[] }> {
  const engines: MeasuredEngine[] = [await startWharf()];
  const missing: string[] = [];
  const reason = dockerdMissing();
  if (reason === undefined) engines.push(await startDocker());
  else missing.push(`docker: ${reason}`);
  if (existsSync("/usr/bin/podman")) engines.push(podman());
  else missing.push("podman: it is not installed (Debian package podman)");
  return { engines, missing };
}

async function startWharf(): Promise<MeasuredEngine> {
  const engine = await TestEngine.start();
  await engine.addBusybox();
  const launcher = new URL("../wharf", import.meta.url).pathname;
  return {
    name: "wharf",
    command: existsSync(launcher) ? [launcher] : [process.execPath, new URL("../src/wharf.ts", import.meta.url).pathname],
    environment: { WHARF_HOST: engine.host, DOCKER_HOST: engine.host },
    runArguments: [],
    processes: () => processesNaming(engine.root),
    [Symbol.asyncDispose]: async () => engine.close(),
  };
}

async function startDocker(): Promise<MeasuredEngine> {
  const peer = await Dockerd.start("10.214.0.1/24");
  return {
    name: "docker",
    command: ["docker"],
    environment: { DOCKER_HOST: peer.host },
    runArguments: [],
    processes: () => [...new Set([peer.pid, ...processesNaming(peer.root)])],
    [Symbol.asyncDispose]: async () => peer.close(),
  };
}

/** Without a daemon: its store is the machine's, and only containers and images of ours are touched. */
function podman(): MeasuredEngine {
  return {
    name: "podman",
    command: ["podman", "--runtime", "runc"],
    environment: {},
    runArguments: ["--ulimit", "nofile=1024:4096", "--ulimit", "nproc=4096:4096"],
    processes: () => processesNaming("libpod"),
    [Symbol.asyncDispose]: async () => {
      spawnSync("podman", ["rmi", "-f", "busybox"], { stdio: "ignore" });
      await Promise.resolve();
    },
  };
}

function processesNaming(text: string): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid && commandOf(pid).includes(text));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    // It ended while the list was read.
    return "";
  }
}

/** Memory that is a process's own, in bytes: what it shares with others is divided among them (proc(5), smaps_rollup, "Pss"). */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ownMemory(pid), 0);
}

function ownMemory(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    // It ended meanwhile, or is the kernel's.
    return 0;
  }
}
