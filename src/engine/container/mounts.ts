import { existsSync, mkdirSync, statSync } from "node:fs";
import { release } from "node:os";
import type { MountPoint } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { collectMountWishes, isAtLeast, type BindWish, type ImageWish, type MountSpec, type MountWishes, type TmpfsWish, type VolumeWish } from "../spec/index.ts";
import type { Volumes } from "../volume/index.ts";
import type { ContainerParts } from "./parts.ts";
import type { Places } from "./places.ts";
import type { ContainerRecord } from "./record.ts";
import type { StartMounts } from "./start-mounts.ts";

export type MountParts = Pick<ContainerParts, "images" | "snapshotter" | "volumes">;

/** What a container mounts, as the runtime takes it. Makes the volumes ready and missing folders of the host. */
export async function mountSpecs(record: ContainerRecord, starting: StartMounts, parts: MountParts): Promise<readonly MountSpec[]> {
  const specs: MountSpec[] = [];
  for (const wish of collectMountWishes(record)) {
    switch (wish.kind) {
      case "bind":
        specs.push(bindSpec(wish, starting));
        break;
      case "tmpfs":
        specs.push(tmpfsSpec(wish));
        break;
      case "volume":
        specs.push(await volumeSpec(wish, record, parts));
        break;
      case "image":
        specs.push(imageSpec(wish, record, starting, parts));
        break;
    }
  }
  return specs;
}

function bindSpec(wish: BindWish, starting: StartMounts): MountSpec {
  if (!existsSync(wish.source)) {
    if (!wish.createSource) throw missingSource(wish.source);
    mkdirSync(wish.source, { recursive: true, mode: 0o755 });
  }
  return { destination: wish.target, type: "bind", source: boundSource(wish, starting), options: [wish.recursive ? "rbind" : "bind", accessOf(wish), wish.propagation] };
}

function boundSource({ source, propagation, recursive }: BindWish, starting: StartMounts): string {
  if (/^r?shared$/.test(propagation)) return starting.ofHost(source, recursive);
  // crun takes the mounts below along whatever it is told (seen with 1.8.1), so that there must be none.
  return recursive ? source : starting.single(source);
}

function imageSpec(wish: ImageWish, record: ContainerRecord, starting: StartMounts, { images, snapshotter }: MountParts): MountSpec {
  const id = record.mountedImages[wish.target];
  const image = id === undefined ? undefined : images.get(id);
  if (image === undefined) throw new EngineError("not-found", `No such image: ${wish.source}`);
  const source = starting.image({ chain: image.chain, subpath: wish.subpath }, snapshotter);
  return { destination: wish.target, type: "bind", source, options: ["rbind", "ro", "rprivate"] };
}

function accessOf({ readOnly, readOnlyRecursive, source, target }: BindWish): "rw" | "ro" | "rro" {
  if (!readOnly) return "rw";
  // Nothing lies below a file, and crun makes only folders recursive.
  if (!statSync(source).isDirectory()) return "ro";
  if (isAtLeast(release(), "5.12")) return readOnlyRecursive === "no" ? "ro" : "rro";
  if (readOnlyRecursive === "always") throw new EngineError("invalid-argument", `the kernel cannot mount ${target} read-only with everything below it`);
  return "ro";
}

/** @throws EngineError docker's text, for `--mount` of a folder that is not there */
export function requireSources(wishes: MountWishes): void {
  for (const wish of collectMountWishes(wishes)) {
    if (wish.kind === "bind" && !wish.createSource && !existsSync(wish.source)) throw missingSource(wish.source);
  }
}

function missingSource(source: string): EngineError {
  return new EngineError("invalid-argument", `invalid mount config for type "bind": bind source path does not exist: ${source}`);
}

function tmpfsSpec(wish: TmpfsWish): MountSpec {
  const defaults = ["noexec", "nosuid", "nodev"].filter((option) => !wish.options.includes(option.slice(2)) && !wish.options.includes(option));
  return { destination: wish.target, type: "tmpfs", source: "tmpfs", options: [...defaults, ...wish.options, ...(wish.readOnly ? ["ro"] : [])] };
}

async function volumeSpec(wish: VolumeWish, record: ContainerRecord, { volumes }: MountParts): Promise<MountSpec> {
  const name = record.volumes[wish.target];
  if (name === undefined) throw new EngineError("data-corrupt", `the volume at ${wish.target} of container ${record.name} is not recorded`);
  const source = await volumes.use({
    name, containerId: record.id, destination: wish.target, writable: !wish.readOnly, ...(wish.subpath === undefined ? {} : { subpath: wish.subpath }),
  });
  return { destination: wish.target, type: "bind", source, options: ["rbind", wish.readOnly ? "ro" : "rw", "rprivate"] };
}

/** The files that make names known inside, unless the user mounts something there. */
export function fileMounts(record: ContainerRecord, owner: string, places: Places): readonly MountSpec[] {
  const taken = new Set(collectMountWishes(record).map(({ target }) => target));
  const files = [["/etc/resolv.conf", "resolv.conf"], ["/etc/hostname", "hostname"], ["/etc/hosts", "hosts"]] as const;
  return files
    .filter(([target]) => !taken.has(target))
    .map(([destination, file]) => ({
      destination, type: "bind", source: places.file(owner, file), options: ["rbind", record.hostConfig.ReadonlyRootfs ? "ro" : "rw", "rprivate"],
    }));
}

/** The mounts as list and inspect show them; docker leaves out those of tmpfs that `--tmpfs` asked for. */
export function mountPoints(record: ContainerRecord, volumes: Volumes): readonly MountPoint[] {
  const bySpelling = new Set(Object.keys(record.hostConfig.Tmpfs ?? {}));
  return collectMountWishes(record).flatMap((wish): MountPoint[] => {
    const place = { Destination: wish.target, RW: !wish.readOnly };
    if (wish.kind === "bind") return [{ Type: "bind", Source: wish.source, ...place, Mode: wish.mode, Propagation: wish.propagation }];
    if (wish.kind === "tmpfs") return bySpelling.has(wish.target) ? [] : [{ Type: "tmpfs", Source: "", ...place, Mode: "", Propagation: "" }];
    if (wish.kind === "image") return [{ Type: "image", Name: wish.source, Source: record.mountedImages[wish.target] ?? "", ...place, Mode: "", Propagation: "" }];
    const name = record.volumes[wish.target] ?? "";
    const volume = volumes.find(name);
    return [{ Type: "volume", Name: name, Source: volume?.Mountpoint ?? "", ...place, Driver: volume?.Driver ?? "local", Mode: wish.mode, Propagation: "" }];
  });
}
