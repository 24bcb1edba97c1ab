import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EngineError, type Digest } from "../../base/index.ts";
import { byteNameOf, openFlags, openIn, openTree } from "../../host/files/index.ts";
import {
  attachMount, copyMountOf, mount, mountOf, readMounts, readMountsOf, setPropagation, unmountLater, type NamespaceHolder,
} from "../../host/mount/index.ts";
import type { Snapshotter } from "../store/index.ts";
import { mountSubpath } from "../volume/index.ts";

/**
 * Mounts that are made for a start and are seen by nobody afterwards: the runtime copies them into the container's own mount
 * namespace. They lie in one folder of the bundle, numbered in the order in which they were made.
 */
export class StartMounts {
  readonly #folder: string;
  readonly #host: NamespaceHolder;
  #number = 0;

  constructor(folder: string, host: NamespaceHolder) {
    this.#folder = folder;
    this.#host = host;
  }

  /** A folder or file of the host without what is mounted below it. @returns what to bind */
  single(source: string): string {
    const target = this.#nextLike(source);
    mount({ source, target, flags: ["bind"] });
    return target;
  }

  /**
   * A folder or file as the host has it mounted. The engine's own mounts are copies that only receive; of these two each
   * shows what is mounted in the other.
   * @param whole takes the mounts below it along
   * @returns what to bind
   * @throws EngineError `invalid-argument`, docker's text, where the host does not share its mount
   */
  ofHost(source: string, whole: boolean): string {
    const path = realpathSync(source);
    const holder = mountOf(path, readMountsOf(this.#host));
    if (holder?.shared === undefined) throw new EngineError("invalid-argument", `path ${source} is mounted on ${holder?.target ?? "/"} but it is not a shared mount`);
    const target = this.#nextLike(path);
    using tree = copyMountOf(this.#host, path, whole);
    if (tree === undefined) throw new EngineError("internal", `cannot copy the mount of ${source}: the host's namespace is gone`);
    using folder = openTree(dirname(target));
    using place = openIn(folder, byteNameOf(basename(target)), openFlags.pathOnly);
    attachMount(tree, place);
    return target;
  }

  /**
   * The file system of an image, or a part of it that no link of the image can lead out of.
   * @returns what to bind, read-only
   */
  image({ chain, subpath }: { readonly chain: Digest | undefined; readonly subpath: string | undefined }, snapshotter: Snapshotter): string {
    const target = this.#next();
    snapshotter.view(chain, target);
    if (subpath === undefined || subpath === "") return target;
    const part = this.#next();
    mountSubpath(target, subpath, part);
    return part;
  }

  /** A place to mount a folder or a file at, according to the source. */
  #nextLike(source: string): string {
    const target = this.#next();
    if (statSync(source).isDirectory()) mkdirSync(target, { mode: 0o700 });
    else writeFileSync(target, "", { mode: 0o600 });
    return target;
  }

  #next(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#number += 1;
    return join(this.#folder, String(this.#number));
  }
}

/** Takes away what a start had mounted, last first. */
export async function endStartMounts(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort((a, b) => Number(b) - Number(a))) {
    const path = join(folder, name);
    // What lies below a mount that the host shares would go from the host as well.
    if (readMounts().some(({ target }) => target === path)) setPropagation(path, "private", true);
    await unmountLater(path);
    if (statSync(path).isDirectory()) rmdirSync(path);
    else rmSync(path);
  }
}

