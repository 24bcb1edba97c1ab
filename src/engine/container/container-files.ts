import type { ContainerCommitOptions, ContainerExtractOptions, ContainerPathStat, FilesystemChange } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { readTar } from "../../base/tar/index.ts";
import { byteNameOf, displayName, fileStatus, openFolder, type ByteName } from "../../host/files/index.ts";
import { archiveTree, extractArchive } from "../archive/index.ts";
import { decompress } from "../image/index.ts";
import type { ContainerFileBackend, FileArchive, PathArchive } from "../server/index.ts";
import { collectMountWishes, resolveUser } from "../spec/index.ts";
import { commitContainer } from "./commit.ts";
import { emitContainerEvent } from "./container-event.ts";
import type { Container } from "./container.ts";
import type { ContainerParts } from "./parts.ts";
import { openAsked, openFollowed, openParent, parseAskedPath, statOf } from "./path-in-container.ts";
import type { ContainerRegistry } from "./registry.ts";
import { Views } from "./view.ts";

const itself = "." as ByteName;
const kinds = { modified: 0, added: 1, deleted: 2 } as const;

/** What clients do with containers' files. Nothing in a container is ever run or loaded for it (CVE-2019-14271). */
export class ContainerFiles implements ContainerFileBackend {
  readonly #parts: ContainerParts;
  readonly #registry: ContainerRegistry;
  readonly #views: Views;

  constructor(parts: ContainerParts, registry: ContainerRegistry) {
    this.#parts = parts;
    this.#registry = registry;
    this.#views = new Views(parts);
  }

  async stat(ref: string, path: string): Promise<ContainerPathStat> {
    await using view = await this.#views.open(this.#registry.find(ref), { withMounts: true });
    const asked = parseAskedPath(path);
    using handle = openAsked(view.root, asked, ref);
    return statOf(view.root, asked, handle);
  }

  async archive(ref: string, path: string): Promise<PathArchive> {
    const container = this.#registry.find(ref);
    await using stack = new AsyncDisposableStack();
    const view = stack.use(await this.#views.open(container, { withMounts: true }));
    const asked = parseAskedPath(path);
    const handle = stack.use(openAsked(view.root, asked, ref));
    const stat = statOf(view.root, asked, handle);
    const isFolder = fileStatus(handle).type === "directory";
    const folder = stack.use(isFolder ? openFolder(handle, itself) : openParent(view.root, asked, ref));
    const request = isFolder ? { folder, name: asked.name } : { folder, only: { file: byteNameOf(asked.name), name: asked.name } };
    emitContainerEvent(this.#parts.events, container, { action: "archive-path" });
    const kept = stack.move();
    return { stat, content: archiveTree(request), [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  async extract(ref: string, archive: AsyncIterable<Uint8Array>, options: ContainerExtractOptions): Promise<void> {
    const container = this.#registry.find(ref);
    const { record: { config } } = container;
    {
      await using view = await this.#views.open(container, { withMounts: true });
      using folder = openFollowed(view.root, parseAskedPath(options.path), ref);
      if (fileStatus(folder).type !== "directory") throw new EngineError("invalid-argument", "extraction point is not a directory");
      const place = view.pathOf(folder);
      requireWritable(container, displayName(place));
      const owner = options.copyUidGid && config.User !== "" ? resolveUser(view.root, config.User) : undefined;
      await extractArchive(readTar(decompress(archive)), {
        root: view.root, folder: place, keepsKinds: options.noOverwriteDirNonDir, ...(owner === undefined ? {} : { owner }),
      });
    }
    emitContainerEvent(this.#parts.events, container, { action: "extract-to-dir" });
  }

  async changes(ref: string): Promise<readonly FilesystemChange[] | null> {
    const changes = await this.#parts.snapshotter.changes(this.#registry.find(ref).id);
    return changes.length === 0 ? null : changes.map(({ path, kind }) => ({ Path: displayName(path), Kind: kinds[kind] }));
  }

  async export(ref: string): Promise<FileArchive> {
    const container = this.#registry.find(ref);
    await using stack = new AsyncDisposableStack();
    const { root } = stack.use(await this.#views.open(container, { withMounts: false }));
    emitContainerEvent(this.#parts.events, container, { action: "export" });
    const kept = stack.move();
    return { content: archiveTree({ folder: root }), [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  async commit(ref: string, options: ContainerCommitOptions): Promise<string> {
    return await commitContainer(this.#registry.find(ref), options, this.#parts);
  }
}

/** @throws EngineError `forbidden`, docker's texts */
function requireWritable({ record }: Container, path: string): void {
  const above = collectMountWishes(record).filter(({ target }) => path === target || path.startsWith(`${target}/`));
  // They are ordered by depth.
  const wish = above.at(-1);
  if (wish === undefined && record.hostConfig.ReadonlyRootfs) throw new EngineError("forbidden", "container rootfs is marked read-only");
  if (wish?.readOnly === true) throw new EngineError("forbidden", "mounted volume is marked read-only");
}
