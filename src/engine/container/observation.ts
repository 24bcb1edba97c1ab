import { existsSync, readdirSync, readFileSync } from "node:fs";
import { identifyProcess, ProcessHandle } from "../../host/process/index.ts";
import type { ContainerParts } from "./parts.ts";
import type { Observation } from "./recovery-plan.ts";
import type { ContainerRegistry } from "./registry.ts";

/** Looks at what there is of this engine's containers: on the disk, with the runtimes, and among the processes. */
export function observe({ parts, registry }: { readonly parts: ContainerParts; readonly registry: ContainerRegistry }): Observation {
  const { places, snapshotter, runtimes } = parts;
  const watched = registry.all().filter(({ record: { state } }) => {
    if (state.conmon === undefined) return false;
    using handle = ProcessHandle.open(state.conmon);
    return handle !== undefined;
  });
  const states = [...runtimes.values()].flatMap((runtime) => {
    const root = runtime.arguments[runtime.arguments.indexOf("--root") + 1];
    return root === undefined ? [] : namesIn(root);
  });
  return {
    watched: new Set(watched.map(({ id }) => id)),
    layers: new Set(snapshotter.containers()),
    folders: new Set(namesIn(places.containers)),
    bundles: new Set(namesIn(places.bundles)),
    runtimeStates: new Set(states),
    monitors: findMonitors(places.bundles),
  };
}

/** What is in a folder; one that is not there is empty. */
export function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Processes of conmon and of the runtime that work on this engine's bundles, told by their command lines. */
function findMonitors(bundles: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = commandLineOf(Number(name));
    const bundle = words[words.indexOf("--bundle") + 1] ?? "";
    if (!bundle.startsWith(`${bundles}/`)) continue;
    const id = bundle.slice(bundles.length + 1).split("/")[0] ?? "";
    found.set(id, [...found.get(id) ?? [], Number(name)]);
  }
  return found;
}

function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch (error) {
    // It ended while the list was read.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return [];
    throw error;
  }
}

/** Ends a process that `observe` found. */
export async function killMonitor(pid: number, { poller }: ContainerParts): Promise<void> {
  const identity = identifyProcess(pid);
  using handle = identity === undefined ? undefined : ProcessHandle.open(identity);
  if (handle?.kill("SIGKILL") === true) await handle.exited(poller);
}
