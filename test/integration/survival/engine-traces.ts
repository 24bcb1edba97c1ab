import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { readMounts, type MountInfo } from "../../../src/host/mount/index.ts";
import type { TestEngine } from "../../engine-harness.ts";

/** Everything of an engine that is in the kernel and on disk, as text that can be compared. */
export interface Traces {
  /** By every namespace that one of its programs is in. */
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  readonly rules: readonly string[];
  readonly cgroups: readonly string[];
  readonly processes: readonly string[];
  readonly files: readonly string[];
}

export function traces(engine: TestEngine): Traces {
  const programs = processesOf(engine);
  return {
    mounts: mountsOf(engine, programs.map(({ pid }) => pid)),
    links: linesOf("ip", "-o", "link").map((line) => line.split(": ")[1] ?? "").filter((name) => name.startsWith(engine.bridge)).sort(),
    addresses: linesOf("ip", "-o", "address").filter((line) => line.includes(` ${engine.bridge}`)).map(addressOf).sort(),
    rules: linesOf("nft", "-s", "list", "tables").filter((line) => line.includes(engine.bridge)).flatMap((line) => linesOf("nft", "-s", "list", ...line.split(" "))).sort(),
    cgroups: cgroupsOf(engine),
    processes: programs.map(({ command }) => command).sort(),
    files: filesOf(engine.root),
  };
}

/** Name and address; whether the kernel is still probing for others that have it is of its own time. */
function addressOf(line: string): string {
  const [, name = "", family = "", address = ""] = line.split(/\s+/);
  return [name, family, address].join(" ");
}

function linesOf(program: string, ...words: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
  return stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

function processesOf(engine: TestEngine): { pid: number; command: string }[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const command = textOf(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    return command.includes(`${engine.root}/`) && Number(name) !== process.pid ? [{ pid: Number(name), command }] : [];
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended while the list was read.
    return "";
  }
}

function mountsOf(engine: TestEngine, pids: readonly number[]): string[] {
  const namespaces = new Map<string, readonly MountInfo[]>();
  for (const pid of [process.pid, ...pids]) {
    try {
      namespaces.set(readlinkSync(`/proc/${pid}/ns/mnt`), readMounts(pid));
    } catch (error) {
      if (existsSync(`/proc/${pid}`)) throw error;
    }
  }
  return [...namespaces.values()].flatMap((mounts) => mounts.map(({ target }) => target).filter((target) => target.startsWith(`${engine.root}/`))).sort();
}

function cgroupsOf(engine: TestEngine): string[] {
  return linesOf("find", "/sys/fs/cgroup", "-type", "d", "-path", `*/wharf-${engine.bridge}/*`);
}

/** Paths below the engine's folders; what SQLite keeps beside its file comes and goes, and the more events, the more files of them. */
function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/state\.db-(wal|shm)$|^d\/events\/\d+$/.test(path))
    .sort();
}
