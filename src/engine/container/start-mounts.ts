import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mount, unmountLater } from "../../host/mount/index.ts";
import type { Digest } from "../../base/index.ts";
import type { Snapshotter } from "../store/index.ts";
import { mountSubpath } from "../volume/index.ts";

/**
 * Mounts that are made for a start and are seen by nobody afterwards: the runtime copies them into the container's own mount
 * namespace. They lie in one folder of the bundle, numbered in the order in which they were made.
 */
export class StartMounts {
  readonly #folder: string;
  #number = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A folder or file of the host without what is mounted below it. @returns what to bind */
  single(source: string): string {
    const target = this.#next();
    if (statSync(source).isDirectory()) mkdirSync(target, { mode: 0o700 });
    else writeFileSync(target, "", { mode: 0o600 });
    mount({ source, target, flags: ["bind"] });
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
    await unmountLater(path);
    if (statSync(path).isDirectory()) rmdirSync(path);
    else rmSync(path);
  }
}

