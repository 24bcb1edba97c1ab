import type { Mount } from "../../api/types/index.ts";
import { EngineError, isEngineError } from "../../base/index.ts";
import { collectMountWishes, type MountWish } from "../spec/index.ts";
import type { Container } from "./container.ts";
import type { ContainerRegistry } from "./registry.ts";

/**
 * Takes over what other containers have mounted, now and for good: what becomes of them changes nothing. Of two at one
 * place the later counts. Each is told as if it had been asked for by itself.
 * @param wishes "container[:mode]" each
 * @throws EngineError `invalid-argument` with docker's texts for a container or a mode that there is not
 */
export function inheritMounts(wishes: readonly string[], registry: ContainerRegistry): readonly Mount[] {
  const mounts = new Map<string, Mount>();
  for (const wish of wishes) {
    const { name, readOnly } = parseVolumesFrom(wish);
    const { record } = find(name, registry);
    const shown = new Set(Object.keys(record.hostConfig.Tmpfs ?? {}));
    for (const mount of collectMountWishes(record)) {
      // As in docker, what --tmpfs made is not among them.
      if (mount.kind === "tmpfs" && shown.has(mount.target)) continue;
      mounts.set(mount.target, asMount(mount, readOnly, record.volumes[mount.target]));
    }
  }
  return [...mounts.values()];
}

/** It is the request that is wrong: what is asked for by it, an image say, may well be there. */
function find(name: string, registry: ContainerRegistry): Container {
  try {
    return registry.find(name);
  } catch (error) {
    throw isEngineError(error) ? new EngineError("invalid-argument", error.message, { cause: error }) : error;
  }
}

function parseVolumesFrom(text: string): { readonly name: string; readonly readOnly: boolean } {
  const [name = "", ...rest] = text.split(":");
  if (name === "") throw new EngineError("invalid-argument", `invalid volumes-from specification: ${JSON.stringify(text)}`);
  const mode = rest.join(":");
  const options = mode === "" ? [] : mode.split(",");
  for (const option of options) {
    if (!["ro", "rw", "z", "Z"].includes(option)) throw new EngineError("invalid-argument", `invalid mode: ${mode}`);
  }
  return { name, readOnly: options.includes("ro") };
}

function asMount(wish: MountWish, readOnly: boolean, volume: string | undefined): Mount {
  const place = { Target: wish.target, ...(wish.readOnly || readOnly ? { ReadOnly: true } : {}) };
  switch (wish.kind) {
    case "bind": {
      const { source, propagation, recursive, createSource, readOnlyRecursive } = wish;
      const reach = place.ReadOnly === true ? { ReadOnlyNonRecursive: readOnlyRecursive === "no" && recursive, ReadOnlyForceRecursive: readOnlyRecursive === "always" } : {};
      return { ...place, Type: "bind", Source: source, BindOptions: { Propagation: propagation, NonRecursive: !recursive, CreateMountpoint: createSource, ...reach } };
    }
    case "volume":
      return { ...place, Type: "volume", ...(volume === undefined ? {} : { Source: volume }), VolumeOptions: { NoCopy: true, ...(wish.subpath === undefined ? {} : { Subpath: wish.subpath }) } };
    case "image":
      return { ...place, Type: "image", Source: wish.source, ...(wish.subpath === undefined ? {} : { ImageOptions: { Subpath: wish.subpath } }) };
    case "tmpfs":
      return { ...place, Type: "tmpfs", TmpfsOptions: { Options: wish.options.map((option) => [option]) } };
  }
}
