import { rmSync } from "node:fs";
import type { Container } from "./container.ts";
import type { ContainerParts } from "./parts.ts";
import type { ContainerRegistry } from "./registry.ts";

export interface Discarding {
  readonly parts: ContainerParts;
  readonly registry: ContainerRegistry;
  /** Volumes without a name go as well. */
  readonly volumes: boolean;
}

/**
 * Removes everything that a container has. The record goes before the content: what an engine that is killed in between
 * leaves is nobody's, and recovery removes it.
 */
export async function discardContainer(container: Container, { parts, registry, volumes }: Discarding): Promise<void> {
  const { id, imageId } = container.record;
  await parts.volumes.release(id, { removeAnonymous: volumes });
  registry.forget(container);
  await parts.snapshotter.remove(id);
  rmSync(parts.places.container(id), { recursive: true, force: true });
  rmSync(parts.places.bundle(id), { recursive: true, force: true });
  registry.drop(container);
  if (parts.images.get(imageId) === undefined) await parts.images.collect();
}
