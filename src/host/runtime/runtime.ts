import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { Cgroup } from "../cgroup/index.ts";
import { CompiledFilters } from "./compiled-filters.ts";
import { MemoryFile } from "./memory-file.ts";
import { releaseProgram } from "./release-program.ts";
import { isElf, SealedProgram } from "./sealed-program.ts";

/** An OCI runtime on this machine, such as crun or runc, with a folder of its own for the states of its containers. */
export interface Runtime {
  readonly name: string;
  /** Where it is installed. */
  readonly path: string;
  /** What is executed: a sealed copy where the runtime is one that would make it itself. */
  readonly executable: string;
  /** Arguments before every verb. */
  readonly arguments: readonly string[];
  /** The seccomp filters that it need not compile again; only crun takes them. */
  readonly filters?: CompiledFilters;
  /** Lets the program of a created container run. @throws EngineError with the runtime's text */
  start(container: string): Promise<void>;
  /** Sends a signal to the program, or to every process of the container. A container that has ended is no error. */
  kill(container: string, signal: string, all?: boolean): Promise<void>;
  /**
   * Takes away what the runtime holds of a container, its processes included. One that is not there is no error.
   * @param group its cgroup, when the container has ended: without a process in it no runtime has to be asked
   */
  delete(container: string, group?: Cgroup): Promise<void>;
  pause(container: string): Promise<void>;
  resume(container: string): Promise<void>;
  /** Changes the limits of a container (runtime-spec, config-linux.md, "resources"). */
  update(container: string, resources: object): Promise<void>;
}

export interface RuntimeLocation {
  readonly name: string;
  readonly path: string;
  /** Folder for the states of its containers; engines must not share one. */
  readonly root: string;
}

/** Runtimes that start themselves anew from a sealed copy unless they run from one. Each state is a folder of its own. */
const sealable: ReadonlySet<string> = new Set(["crun", "runc"]);

export function openRuntime({ name, path, root }: RuntimeLocation): Runtime {
  const globals = ["--root", root];
  const keepsStateInFolders = sealable.has(name);
  const executable = keepsStateInFolders && isElf(path) ? new SealedProgram(path).path : path;
  const call = async (words: readonly string[]): Promise<string> => run(executable, [...globals, ...words]);
  const unlessGone = async (words: readonly string[]): Promise<void> => {
    try {
      await call(words);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };
  return {
    name,
    path,
    executable,
    arguments: globals,
    ...(name === "crun" ? { filters: new CompiledFilters(root) } : {}),
    start: async (container) => {
      if (name === "crun" && releaseProgram(join(root, container))) return;
      await call(["start", container]);
    },
    kill: async (container, signal, all = false) => unlessGone(["kill", ...(all ? ["--all"] : []), container, signal]),
    delete: async (container, group) => {
      const isKnown = !keepsStateInFolders || existsSync(join(root, container));
      if (group?.remove() === true) await rm(join(root, container), { recursive: true, force: true });
      else if (!isKnown) return;
      else await unlessGone(["delete", "--force", container]);
    },
    pause: async (container) => {
      await call(["pause", container]);
    },
    resume: async (container) => {
      await call(["resume", container]);
    },
    update: async (container, resources) => {
      // Not from its input: runtimes open /dev/stdin by name, which the kernel refuses where that is a socket.
      using wanted = new MemoryFile("resources", Buffer.from(JSON.stringify(resources)));
      await call(["update", "--resources", wanted.path, container]);
    },
  };
}

/** crun: "container not running", "No such file or directory" of its state; runc: "does not exist", "process already finished". */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    /does not exist|not running|already finished|no such process|error opening file .*status|No such process/i.test(error.message)
  );
}

async function run(path: string, words: readonly string[]): Promise<string> {
  const child = spawn(path, words, { stdio: ["ignore", "ignore", "pipe"] });
  if (child.pid === undefined) {
    const [cause] = (await once(child, "error")) as [unknown];
    throw new EngineError("unavailable", `cannot start the container runtime ${path}: ${String(cause)}`, {
      hint: "install the Debian package crun or runc, or name another runtime with --runtime",
      cause,
    });
  }
  const ended = once(child, "close");
  let complaints = "";
  for await (const chunk of child.stderr) complaints += String(chunk);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new EngineError("internal", plainText(complaints) || `${path} ${words.join(" ")} ended with code ${code}`);
  return complaints;
}

/** What a runtime has to say, without the time stamps and levels of its log lines. */
export function plainText(complaints: string): string {
  return complaints
    .trim()
    .replace(/^time="[^"]*" level=\w+ msg="(.*)"$/gm, (_, text: string) => text.replaceAll('\\"', '"'))
    .replace(/^\d{4}-\d\d-\d\dT\S+: /gm, "");
}
