import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { mount, unmount, unmountLater, type MountRequest } from "../../host/mount/index.ts";
import type { VolumeUse } from "./contract.ts";
import { driverMount } from "./driver-options.ts";
import { mountSubpath } from "./subpath.ts";

/** A volume's folder and the options of its driver. */
export interface VolumePlace {
  readonly folder: string;
  readonly options: Readonly<Record<string, string>>;
}

interface Use {
  readonly name: string;
  readonly place: VolumePlace;
  /** Where a part of the volume is mounted. */
  readonly part: string | undefined;
}

/**
 * Who uses which volumes right now, and what is mounted for them. A volume with a file system of its own is mounted for
 * its first user and unmounted after its last. Callers see to it that work on one volume is done one piece at a time.
 */
export class VolumeUses {
  readonly #partsFolder: string;
  readonly #byContainer = new Map<string, Use[]>();
  readonly #mounted = new Map<string, number>();
  #number = 0;

  /** @param partsFolder of this engine, for mounts that it makes; what an engine before this one left there is removed */
  constructor(partsFolder: string) {
    this.#partsFolder = partsFolder;
    mkdirSync(partsFolder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(partsFolder)) {
      const part = join(partsFolder, name);
      while (unmount(part));
      removePoint(part);
    }
  }

  async begin({ name, containerId, subpath }: VolumeUse, place: VolumePlace): Promise<string> {
    await this.mountFor(name, place);
    try {
      const part = subpath === undefined || subpath === "" ? undefined : this.#mountPart(place, subpath);
      const uses = this.#byContainer.get(containerId) ?? [];
      uses.push({ name, place, part });
      this.#byContainer.set(containerId, uses);
      return part ?? place.folder;
    } catch (error) {
      await this.unmountFor(name, place);
      throw error;
    }
  }

  #mountPart({ folder }: VolumePlace, subpath: string): string {
    this.#number += 1;
    const target = join(this.#partsFolder, String(this.#number));
    try {
      mountSubpath(folder, subpath, target);
    } catch (error) {
      removePoint(target);
      throw error;
    }
    return target;
  }

  /** The names that a container uses. */
  usedBy(containerId: string): readonly string[] {
    return [...new Set((this.#byContainer.get(containerId) ?? []).map(({ name }) => name))];
  }

  /** Ends a container's uses of one volume. */
  async end(containerId: string, name: string): Promise<void> {
    const uses = this.#byContainer.get(containerId) ?? [];
    const rest = uses.filter((use) => use.name !== name);
    if (rest.length === 0) this.#byContainer.delete(containerId);
    else this.#byContainer.set(containerId, rest);
    for (const { place, part } of uses.filter((use) => use.name === name)) {
      if (part !== undefined) {
        await unmountLater(part);
        removePoint(part);
      }
      await this.unmountFor(name, place);
    }
  }

  /** Mounts the volume's own file system, if it has one. */
  async mountFor(name: string, { folder, options }: VolumePlace): Promise<void> {
    const count = this.#mounted.get(name) ?? 0;
    if (count === 0) {
      try {
        const request = await driverMount(options, folder);
        if (request === undefined) return;
        mountWhole(request);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new EngineError("internal", `error while mounting volume '${folder}': failed to mount local volume: ${reason}`, { cause: error });
      }
    }
    this.#mounted.set(name, count + 1);
  }

  async unmountFor(name: string, { folder }: VolumePlace): Promise<void> {
    const count = this.#mounted.get(name);
    if (count === undefined) return;
    if (count > 1) {
      this.#mounted.set(name, count - 1);
      return;
    }
    this.#mounted.delete(name);
    await unmountLater(folder);
  }
}

/** A bind takes its other flags only from a second call (mount(2)). */
function mountWhole(request: MountRequest): void {
  mount(request);
  const { flags = [] } = request;
  if (flags.includes("bind") && flags.some((flag) => flag !== "bind" && flag !== "recursive")) {
    mount({ source: request.source, target: request.target, flags: [...flags, "remount"] });
  }
}

/** Removes what a mount was on: never more than an empty folder or file, so that no mistake reaches a volume's content. */
function removePoint(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory() === true) rmdirSync(path);
  else if (status !== undefined) unlinkSync(path);
}
