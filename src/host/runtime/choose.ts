import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { readMounts, type MountInfo } from "../mount/index.ts";
import { openRuntime, type Runtime } from "./runtime.ts";

const installHint = { hint: "install the Debian package crun or runc, or name another runtime with --runtime" };

export interface RuntimeChoice {
  /** A name in PATH or a path; none: crun where it works, else runc. */
  readonly wanted?: string;
  readonly searchPath: string;
  /** Folder below which each runtime gets one for its states. */
  readonly root: string;
}

/**
 * Chooses the runtime: what was asked for, else crun, which starts a container in a third of runc's time, unless the
 * engine sees cgroups in hybrid mode, which crun refuses.
 * @throws EngineError `unavailable` where there is none
 */
export function chooseRuntime({ wanted, searchPath, root }: RuntimeChoice, mounts: readonly MountInfo[] = readMounts()): Runtime {
  const names = wanted === undefined ? (hasHybridCgroups(mounts) ? ["runc"] : ["crun", "runc"]) : [wanted];
  for (const name of names) {
    const path = findProgram(name, searchPath);
    if (path !== undefined) return openRuntime({ name: name.slice(name.lastIndexOf("/") + 1), path, root: join(root, name.replaceAll("/", "_")) });
  }
  throw new EngineError("unavailable", `no container runtime: ${names.join(" or ")} is not installed`, installHint);
}

/** Both trees in sight: v1 controllers and beside them a v2 tree. */
export function hasHybridCgroups(mounts: readonly MountInfo[]): boolean {
  const types = new Set(mounts.filter(({ target }) => target.startsWith("/sys/fs/cgroup/")).map(({ type }) => type));
  return types.has("cgroup") && types.has("cgroup2");
}

/** Looks a program up as a shell does. */
export function findProgram(name: string, searchPath: string): string | undefined {
  if (name.includes("/")) return isAbsolute(name) && existsSync(name) ? name : undefined;
  return searchPath
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
