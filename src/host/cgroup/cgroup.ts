import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import { Descriptor } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";
import { identifyProcess, ProcessHandle } from "../process/index.ts";
import type { CgroupLayout } from "./layout.ts";

/** A group of processes with limits of its own: one folder in each tree. */
export class Cgroup {
  /** Below the root of each tree, such as `/wharf/0123abcd`. */
  readonly path: string;
  readonly #layout: CgroupLayout;

  constructor(layout: CgroupLayout, path: string) {
    if (!path.startsWith("/") || path === "/" || path.split("/").includes("..")) {
      throw new EngineError("internal", `${JSON.stringify(path)} is no path of a cgroup of ours`);
    }
    this.#layout = layout;
    this.path = path;
  }

  get exists(): boolean {
    return this.folders().length > 0;
  }

  /** Its folders, one for each tree that has it. */
  folders(): string[] {
    return this.#layout.trees.map((tree) => join(tree, this.path)).filter((folder) => namesIn(folder) !== undefined);
  }

  /** How often the kernel killed one of its processes for want of memory; zero for a group that is gone. */
  oomKills(): number {
    const name = this.#layout.version === 2 ? "memory.events" : "memory.oom_control";
    return numberAfter(this.read("memory", name), "oom_kill") ?? 0;
  }

  /** Content of a controller's file. @returns undefined where the controller or the group does not exist */
  read(controller: string, name: string): string | undefined {
    const tree = this.#layout.treeOf(controller);
    return tree === undefined ? undefined : textOf(join(tree, this.path, name));
  }

  /** Writes to a controller's file. @returns false where the controller or the group does not exist */
  write(controller: string, name: string, text: string): boolean {
    const tree = this.#layout.treeOf(controller);
    if (tree === undefined) return false;
    return unlessGone(() => { writeFileSync(join(tree, this.path, name), text, { flag: "r+" }); return true; }) ?? false;
  }

  /** Makes the group in a controller's tree; one that is there is left as it is. */
  make(controller: string): void {
    const tree = this.#layout.treeOf(controller);
    if (tree !== undefined) mkdirSync(join(tree, this.path), { recursive: true });
  }

  /** A controller's file, held open for reading. @returns undefined where the controller or the group does not exist */
  open(controller: string, name: string): Descriptor | undefined {
    const tree = this.#layout.treeOf(controller);
    return tree === undefined ? undefined : unlessGone(() => new Descriptor(openSync(join(tree, this.path, name), "r")));
  }

  /** Its processes and those of the groups below it, as pids of the host. */
  processes(): number[] {
    return [...new Set(this.folders().flatMap(processesBelow))];
  }

  /** Names of the groups below it, in any tree. */
  children(): string[] {
    const names = this.folders().flatMap((folder) => foldersIn(folder));
    return [...new Set(names)].sort();
  }

  /** Takes the group away with all below it. @returns false while a process is in it */
  remove(): boolean {
    return this.folders().map(removeTree).every(Boolean);
  }

  /** Kills what runs in the group and takes it away. Events of the processes' ends are awaited, however often they fork. */
  async destroy(poller: Poller): Promise<void> {
    while (!this.remove()) {
      this.#thaw();
      for (const pid of this.processes()) await killAndWait(pid, poller);
      // A process that is just ending is no longer listed and still holds the group; nothing tells when it is gone.
      await nextTurn();
    }
  }

  /** A frozen process of version 1 does not even die. */
  #thaw(): void {
    const tree = this.#layout.version === 1 ? this.#layout.treeOf("freezer") : undefined;
    if (tree === undefined) return;
    for (const group of ["", ...this.children()]) {
      const file = join(tree, this.path, group, "freezer.state");
      if (existsSync(file)) writeFileSync(file, "THAWED");
    }
  }
}

/** Destroys the groups below a parent that nobody needs any more, then the parent where nothing is left. */
export async function destroyLeftovers(parent: Cgroup, layout: CgroupLayout, options: { keep: ReadonlySet<string>; poller: Poller }): Promise<string[]> {
  const leftovers = parent.children().filter((name) => !options.keep.has(name));
  for (const name of leftovers) await new Cgroup(layout, join(parent.path, name)).destroy(options.poller);
  if (parent.children().length === 0) parent.remove();
  return leftovers;
}

async function killAndWait(pid: number, poller: Poller): Promise<void> {
  const identity = identifyProcess(pid);
  using handle = identity === undefined ? undefined : ProcessHandle.open(identity);
  if (handle?.kill("SIGKILL") === true) await handle.exited(poller);
}

function processesBelow(folder: string): number[] {
  const own = (textOf(join(folder, "cgroup.procs")) ?? "").split("\n").map(Number).filter((pid) => pid > 0);
  return [...own, ...foldersIn(folder).flatMap((name) => processesBelow(join(folder, name)))];
}

function removeTree(folder: string): boolean {
  const below = foldersIn(folder).map((name) => removeTree(join(folder, name)));
  if (!below.every(Boolean)) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return true;
    if (hasCode(error, "EBUSY")) return false;
    throw error;
  }
}

function foldersIn(folder: string): string[] {
  return namesIn(folder)?.filter((entry) => entry.isDirectory()).map(({ name }) => name) ?? [];
}

function namesIn(folder: string): { name: string; isDirectory(): boolean }[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function textOf(path: string): string | undefined {
  return unlessGone(() => readFileSync(path, "utf8"));
}

function unlessGone<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    // ENODEV: the group went while its file was open.
    if (hasCode(error, "ENOENT", "ENODEV")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** The number behind a word in a file of lines such as `oom_kill 3`. */
export function numberAfter(text: string | undefined, word: string): number | undefined {
  const line = text?.split("\n").find((each) => each.startsWith(`${word} `));
  return line === undefined ? undefined : Number(line.slice(word.length + 1));
}
