import { rmSync } from "node:fs";
import { join } from "node:path";
import { Cgroup } from "../../host/cgroup/index.ts";
import { openTree, treeSize } from "../../host/files/index.ts";
import { readMounts, unmount } from "../../host/mount/index.ts";
import type { Checked, Finding } from "../check/index.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { killMonitor, namesIn, observe } from "./observation.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";
import { removeSharedMemory } from "./shared-memory.ts";

export interface ContainerCheck {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  readonly lifecycle: Lifecycle;
}

/** Whether everything that bears a container's id belongs to one, and every container has what it needs. */
export function checkContainers(check: ContainerCheck): Checked {
  return {
    findings: async () => [...await contentFindings(check), ...runFindings(check), ...recordFindings(check)],
  };
}

type Owns = (id: string) => boolean;

/** What a container has from its creation to its removal. */
async function contentFindings({ parts, registry }: ContainerCheck): Promise<readonly Finding[]> {
  const { places, snapshotter } = parts;
  const isKnown: Owns = (id) => registry.get(id) !== undefined || registry.isMaking(id);
  const reason = "there is no container with this id";
  const findings: Finding[] = [];
  for (const id of snapshotter.containers()) {
    if (isKnown(id)) continue;
    findings.push({ subject: "container layer", name: id, size: await snapshotter.usage(id), reason, repair: unless(isKnown, id, () => snapshotter.remove(id)) });
  }
  for (const id of namesIn(places.containers)) {
    if (isKnown(id)) continue;
    const repair = unless(isKnown, id, () => { rmSync(places.container(id), { recursive: true, force: true }); });
    findings.push({ subject: "container files", name: id, size: await sizeOf(places.container(id)), reason, repair });
  }
  return findings;
}

/** What a container has while it runs, which includes that it is being started or has just ended. */
function runFindings({ parts, registry }: ContainerCheck): readonly Finding[] {
  const { places } = parts;
  const runs: Owns = (id) => {
    const container = registry.get(id);
    return registry.isMaking(id) || (container !== undefined && (container.isRunning || container.isRemoving || container.queue.length > 0));
  };
  const found = observe({ parts, registry });
  const stray = (ids: Iterable<string>): string[] => [...ids].filter((id) => !runs(id));
  const reason = (id: string): string => (registry.get(id) === undefined ? "there is no container with this id" : "its container does not run");
  const finding = (subject: Finding["subject"], id: string, repair: () => Promise<void> | void): Finding => ({ subject, name: id, reason: reason(id), repair: unless(runs, id, repair) });
  const group = (id: string): Cgroup => new Cgroup(parts.cgroups, join(parts.cgroupParent, id));
  return [
    ...[...found.monitors].filter(([id]) => !runs(id)).flatMap(([id, pids]) => pids.map((pid): Finding => ({
      subject: "process", name: String(pid), reason: `it watches over ${id}: ${reason(id)}`, repair: unless(runs, id, () => killMonitor(pid, parts)),
    }))),
    ...stray(new Cgroup(parts.cgroups, parts.cgroupParent).children()).map((id) => finding("cgroup", id, () => group(id).destroy(parts.poller))),
    ...stray(found.runtimeStates).map((id) => finding("runtime state", id, async () => {
      await Promise.all([...parts.runtimes.values()].map((runtime) => runtime.delete(id)));
    })),
    ...stray(namesIn(places.bundles)).map((id) => finding("bundle", id, () => { removeBundle(places.bundle(id)); })),
    ...stray(namesIn(places.exits)).map((id) => finding("exit file", id, () => { rmSync(join(places.exits, id), { force: true }); })),
    ...stray(namesIn(join(places.execRoot, "shm"))).map((id) => finding("shared memory", id, () => removeSharedMemory(places.sharedMemory(id)))),
  ];
}

function recordFindings({ parts, registry, lifecycle }: ContainerCheck): readonly Finding[] {
  const layers = new Set(parts.snapshotter.containers());
  return registry.all().filter((container) => !layers.has(container.id) && !container.isRemoving).map((container) => ({
    subject: "container record", name: container.id, reason: `the file system of ${container.record.name} is gone`,
    repair: async () => { await lifecycle.remove(container, { volumes: false }); },
  }));
}

function unless(owns: Owns, id: string, repair: () => Promise<void> | void): () => Promise<void> {
  return async () => { if (!owns(id)) await repair(); };
}

/** First what is mounted in there, whose files are not the bundle's. */
function removeBundle(bundle: string): void {
  const mounted = readMounts().map(({ target }) => target).filter((target) => target.startsWith(`${bundle}/`));
  for (const target of mounted.reverse()) unmount(target);
  rmSync(bundle, { recursive: true, force: true });
}

async function sizeOf(folder: string): Promise<number> {
  using tree = openTree(folder);
  return await treeSize(tree);
}
