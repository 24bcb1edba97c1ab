import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { byteNameOf, fileStatus, makePath, openFlags, openIn, openTree, pathOf, type ByteName } from "../../host/files/index.ts";
import type { Descriptor } from "../../host/libc/index.ts";
import { attachMount, cloneMount, copyMountsOf, mount, setPropagation } from "../../host/mount/index.ts";
import { collectMountWishes } from "../spec/index.ts";
import type { Container } from "./container.ts";
import { fileMounts, mountSpecs } from "./mounts.ts";
import type { ContainerParts } from "./parts.ts";
import type { Places } from "./places.ts";
import { endStartMounts, StartMounts } from "./start-mounts.ts";

/** A container's files as they are now, for the engine's own use. Nothing but its handle reaches them. */
export interface View extends AsyncDisposable {
  /** The container's root: every path is resolved within it. */
  readonly root: Descriptor;
  /** Where a handle of this view is, as the container would say. */
  pathOf(handle: Descriptor): ByteName;
}

/** What is kept beside a view while it is made. */
const asideSuffix = "-mounts";

/** At the start: places of an engine that was killed. Nothing is mounted there, since its namespace is gone. */
export async function removeOldViews({ views }: Places): Promise<void> {
  if (!existsSync(views)) return;
  for (const name of readdirSync(views)) {
    const path = join(views, name);
    if (name.endsWith(asideSuffix)) await endStartMounts(path);
    rmdirSync(path);
  }
}

interface CopiedMount {
  /** Where in the container. */
  readonly target: string;
  readonly tree: Descriptor;
  readonly isReadOnly: boolean;
}

/**
 * Shows containers' files at places of the engine's own mount namespace. Of one that runs, its root and what it was given
 * to mount are copied out of its program's namespace: what it sees, whatever the host's paths have become. Of another the
 * root is mounted, and upon it what a start would mount. What the kernel makes up (/proc, /sys, /dev) is not in a view.
 */
export class Views {
  readonly #parts: ContainerParts;
  #number = 0;

  constructor(parts: ContainerParts) {
    this.#parts = parts;
  }

  /** @param withMounts also what is mounted in the container, not its root alone */
  async open(container: Container, { withMounts }: { readonly withMounts: boolean }): Promise<View> {
    // Between two changes of the container: it runs or it does not.
    return await container.queue.run(async () => {
      if (container.isRemoved) throw new EngineError("not-found", `No such container: ${container.id}`);
      this.#number += 1;
      const target = this.#parts.places.view(this.#number);
      await using undo = new AsyncDisposableStack();
      mkdirSync(target, { recursive: true, mode: 0o700 });
      undo.defer(() => { this.#clear(target); });
      await this.#show(container, { target, withMounts });
      const root = undo.use(openTree(target));
      const here = pathOf(root);
      const kept = undo.move();
      return {
        root,
        pathOf: (handle) => (pathOf(handle).slice(here.length) || "/") as ByteName,
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      };
    });
  }

  /** Nobody has to wait for it: with its last mount the kernel writes back what was written, which may be much. */
  #clear(target: string): void {
    this.#parts.snapshotter.unmount(target).then(() => { rmdirSync(target); }).catch((error: unknown) => {
      this.#parts.log.error(`cannot take away ${target}`, error);
    });
  }

  async #show(container: Container, { target, withMounts }: Showing): Promise<void> {
    if (showRunning(container, { target, withMounts })) return;
    await this.#parts.snapshotter.mount(container.id, target);
    setPropagation(target, "private", true);
    if (!withMounts) return;
    const { record } = container;
    const { volumes, places } = this.#parts;
    // What is copied needs neither the volume's use nor what was mounted for the moment any more.
    await using ends = new AsyncDisposableStack();
    ends.defer(() => volumes.endUse(record.id));
    const aside = `${target}${asideSuffix}`;
    ends.defer(async () => {
      await endStartMounts(aside);
      if (existsSync(aside)) rmdirSync(aside);
    });
    const specs = await mountSpecs(record, new StartMounts(aside, this.#parts.hostMounts), this.#parts);
    using root = openTree(target);
    for (const spec of [...fileMounts(record, record.id, places), ...specs].filter(({ type, source }) => type === "bind" && existsSync(source))) {
      using tree = cloneMount(spec.source, spec.options.includes("rbind"));
      // As a start does where the image has none.
      makePath(root, byteNameOf(spec.destination), { last: fileStatus(tree).type === "directory" ? "directory" : "file" });
      attach(root, { target: spec.destination, tree, isReadOnly: spec.options.includes("ro") || spec.options.includes("rro") });
    }
  }
}

interface Showing {
  readonly target: string;
  readonly withMounts: boolean;
}

/** @returns false where it does not run */
function showRunning(container: Container, { target, withMounts }: Showing): boolean {
  const program = container.live?.program;
  if (program === undefined) return false;
  const places = withMounts ? mountTargets(container) : [];
  using copied = copyMountsOf(program, places);
  if (copied === undefined) return false;
  {
    using place = openTree(target);
    attachMount(copied.root, place);
  }
  setPropagation(target, "private", true);
  using root = openTree(target);
  copied.places.forEach((tree, i) => {
    // One that its program took away is none.
    if (tree !== undefined) attach(root, { target: places[i] ?? "", tree, isReadOnly: false });
  });
  return true;
}

/** What the container was given to mount, from the top down. What its program has mounted besides is its own business. */
function mountTargets({ record }: Container): readonly string[] {
  const wishes = collectMountWishes(record).map(({ target }) => target);
  return [...new Set(["/etc/hostname", "/etc/hosts", "/etc/resolv.conf", ...wishes])];
}

function attach(root: Descriptor, { target, tree, isReadOnly }: CopiedMount): void {
  {
    using place = openIn(root, byteNameOf(target), openFlags.pathOnly);
    attachMount(tree, place);
  }
  // The handle before stands for what is beneath the mount now.
  using shown = openIn(root, byteNameOf(target), openFlags.pathOnly);
  const path = `/proc/self/fd/${shown.number}`;
  setPropagation(path, "private", true);
  if (isReadOnly) mount({ source: "none", target: path, flags: ["bind", "remount", "read-only"] });
}
