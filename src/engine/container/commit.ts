import type { ContainerCommitOptions } from "../../api/types/index.ts";
import { applyChanges } from "../image/index.ts";
import { mergeConfig } from "../spec/index.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import type { ContainerParts } from "./parts.ts";

/**
 * Makes an image of the container's own image and what the container wrote.
 * @returns its id
 * @throws EngineError `not-found` where the container's image was removed by force
 */
export async function commitContainer(container: Container, options: ContainerCommitOptions, parts: ContainerParts): Promise<string> {
  const { config, imageId } = container.record;
  const { comment = "", author = "", repository, tag, changes } = options;
  const changed = mergeConfig(applyChanges(options.config ?? config, changes), config);
  await using _still = options.pause ? await holdStill(container, parts) : undefined;
  const { id, name } = await parts.images.commit({
    base: imageId, config: changed, comment, author, createdBy: (config.Cmd ?? []).join(" "), layer: parts.snapshotter.archive(container.id),
    ...(repository === undefined ? {} : { repository }),
    ...(tag === undefined ? {} : { tag }),
  });
  emitContainerEvent(parts.events, container, { action: "commit", attributes: { comment, imageID: id, imageRef: name } });
  return id;
}

/** Nothing in the container runs until it is disposed. It is not kept: a start of the engine lets go of what one before it held. */
async function holdStill(container: Container, { poller, events }: ContainerParts): Promise<AsyncDisposable | undefined> {
  return await container.queue.run(async () => {
    const { live } = container;
    if (live === undefined || !container.isRunning || container.record.state.isPaused || live.isKilled) return undefined;
    await live.freezer.freeze(poller);
    emitContainerEvent(events, container, { action: "pause" });
    const letGo = (): Promise<void> => {
      // Paused by somebody meanwhile, it stays so; one that ended needs nothing.
      if (container.live === live && !container.record.state.isPaused) {
        live.freezer.thaw();
        emitContainerEvent(events, container, { action: "unpause" });
      }
      return Promise.resolve();
    };
    return { [Symbol.asyncDispose]: () => container.queue.run(letGo) };
  });
}
