import { existsSync, mkdirSync, statSync } from "node:fs";
import { release } from "node:os";
import type { MountPoint } from "../../api/types/index.ts";
import { EngineError } from "../../base/index.ts";
import { collectMountWishes, isAtLeast, type BindWish, type MountSpec, type TmpfsWish, type VolumeWish } from "../spec/index.ts";
import type { Volumes } from "../volume/index.ts";
import type { Places } from "./places.ts";
import type { ContainerRecord } from "./record.ts";

/** What a container mounts, as the runtime takes it. Makes the volumes ready and missing folders of the host. */
export async function mountSpecs(record: ContainerRecord, volumes: Volumes): Promise<readonly MountSpec[]> {
  const specs: MountSpec[] = [];
  for (const wish of collectMountWishes(record.config, record.hostConfig)) {
    switch (wish.kind) {
      case "bind":
        specs.push(bindSpec(wish, record.runtime));
        break;
      case "tmpfs":
        specs.push(tmpfsSpec(wish));
        break;
      case "volume":
        specs.push(await volumeSpec(wish, record, volumes));
        break;
    }
  }
  return specs;
}

function bindSpec(wish: BindWish, runtime: string): MountSpec {
  // crun takes the mounts below along whatever it is told (seen with 1.8.1).
  if (!wish.recursive && runtime === "crun") {
    throw new EngineError("unsupported", `crun cannot mount ${wish.source} without the mounts below it`, { hint: "use --runtime runc for this container" });
  }
  if (!existsSync(wish.source)) {
    if (!wish.createSource) throw missingSource(wish.source);
    mkdirSync(wish.source, { recursive: true, mode: 0o755 });
  }
  return { destination: wish.target, type: "bind", source: wish.source, options: [wish.recursive ? "rbind" : "bind", accessOf(wish), wish.propagation] };
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
export function requireSources(record: Pick<ContainerRecord, "config" | "hostConfig">): void {
  for (const wish of collectMountWishes(record.config, record.hostConfig)) {
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

async function volumeSpec(wish: VolumeWish, record: ContainerRecord, volumes: Volumes): Promise<MountSpec> {
  const name = record.volumes[wish.target];
  if (name === undefined) throw new EngineError("data-corrupt", `the volume at ${wish.target} of container ${record.name} is not recorded`);
  const source = await volumes.use({
    name, containerId: record.id, destination: wish.target, writable: !wish.readOnly, ...(wish.subpath === undefined ? {} : { subpath: wish.subpath }),
  });
  return { destination: wish.target, type: "bind", source, options: ["rbind", wish.readOnly ? "ro" : "rw", "rprivate"] };
}

/** The files that make names known inside, unless the user mounts something there. */
export function fileMounts(record: ContainerRecord, owner: string, places: Places): readonly MountSpec[] {
  const taken = new Set(collectMountWishes(record.config, record.hostConfig).map(({ target }) => target));
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
  return collectMountWishes(record.config, record.hostConfig).flatMap((wish): MountPoint[] => {
    const place = { Destination: wish.target, RW: !wish.readOnly };
    if (wish.kind === "bind") return [{ Type: "bind", Source: wish.source, ...place, Mode: wish.mode, Propagation: wish.propagation }];
    if (wish.kind === "tmpfs") return bySpelling.has(wish.target) ? [] : [{ Type: "tmpfs", Source: "", ...place, Mode: "", Propagation: "" }];
    const name = record.volumes[wish.target] ?? "";
    const volume = volumes.find(name);
    return [{ Type: "volume", Name: name, Source: volume?.Mountpoint ?? "", ...place, Driver: volume?.Driver ?? "local", Mode: wish.mode, Propagation: "" }];
  });
}
