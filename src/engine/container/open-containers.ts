import { mkdirSync } from "node:fs";
import type { Digest } from "../../base/index.ts";
import type { Checked } from "../check/index.ts";
import type { ImageUser } from "../image/index.ts";
import type { ContainerBackend, ContainerFileBackend, ExecBackend } from "../server/index.ts";
import { ContainerFiles } from "./container-files.ts";
import { checkContainers } from "./check.ts";
import { ContainerService } from "./container-service.ts";
import { ExecService } from "./exec-service.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { ContainerParts } from "./parts.ts";
import { recoverContainers } from "./recovery.ts";
import { ContainerRegistry } from "./registry.ts";
import { removeOldViews } from "./view.ts";

/** The containers of an engine, ready to be served. */
export interface Containers {
  readonly containers: ContainerBackend;
  readonly files: ContainerFileBackend;
  readonly execs: ExecBackend;
  /** How many are in which state, from memory. */
  counts(): { readonly running: number; readonly paused: number; readonly stopped: number };
  /** Which containers were made from an image. */
  usersOf(image: Digest): readonly ImageUser[];
  /** Compares records, disk and kernel. */
  readonly check: Checked;
  /** Starts what is to be started with the engine. */
  startByPolicy(): void;
  /** Stops watching; programs go on. */
  close(): void;
}

/** Opens the containers of a data root, and puts right what a killed engine left. */
export async function openContainers(parts: ContainerParts): Promise<Containers> {
  for (const folder of [parts.places.containers, parts.places.bundles, parts.places.exits]) mkdirSync(folder, { recursive: true, mode: 0o710 });
  await removeOldViews(parts.places);
  const registry = new ContainerRegistry(parts.records);
  const lifecycle = new Lifecycle(parts, registry);
  const startByPolicy = await recoverContainers({ parts, registry, lifecycle });
  return {
    containers: new ContainerService({ parts, registry, lifecycle }),
    files: new ContainerFiles(parts, registry),
    execs: new ExecService(parts, registry),
    counts: () => count(registry),
    usersOf: (image) => registry.all().filter(({ record }) => record.imageId === image || Object.values(record.mountedImages).includes(image)).map((container) => ({ containerId: container.id, running: container.isActive })),
    check: checkContainers({ parts, registry, lifecycle }),
    startByPolicy,
    close: () => { lifecycle.close(); },
  };
}

function count(registry: ContainerRegistry): ReturnType<Containers["counts"]> {
  const all = registry.all();
  const running = all.filter((container) => container.isActive && !container.record.state.isPaused).length;
  const paused = all.filter(({ record }) => record.state.isPaused).length;
  return { running, paused, stopped: all.length - running - paused };
}
