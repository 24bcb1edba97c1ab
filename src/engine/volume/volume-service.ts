import type {
  Filters, Volume, VolumeCloneBody, VolumeCreateBody, VolumeFilter, VolumeListReply, VolumePruneFilter, VolumePruneReply,
} from "../../api/types/index.ts";
import { EngineError, NameLock } from "../../base/index.ts";
import { readTar } from "../../base/tar/index.ts";
import { byteNameOf, copyTree, openFolder, openTree } from "../../host/files/index.ts";
import type { Descriptor } from "../../host/libc/index.ts";
import { unmount } from "../../host/mount/index.ts";
import { archiveTree, extractArchive } from "../archive/index.ts";
import type { Checked, Finding } from "../check/index.ts";
import { PruneTurn } from "../filter/index.ts";
import { decompress } from "../image/index.ts";
import type { VolumeBackend } from "../server/backend/index.ts";
import type { Records, RecordTable } from "../store/index.ts";
import type { VolumeEventSink, VolumeRequest, Volumes, VolumeUse } from "./contract.ts";
import { copyUpInto } from "./copy-up.ts";
import { checkDriver } from "./driver-options.ts";
import { anonymousLabel, decodeStoredVolume, isAnonymous, showVolume, type StoredVolume } from "./stored-volume.ts";
import { isListed, isPruned } from "./volume-filter.ts";
import { VolumeFolders } from "./volume-folders.ts";
import { checkVolumeName, randomVolumeName } from "./volume-name.ts";
import { VolumeUses, type VolumePlace } from "./volume-uses.ts";

export interface VolumeServiceOptions {
  readonly dataRoot: string;
  /** A folder of this engine alone for mounts that it makes. */
  readonly partsFolder: string;
  readonly records: Records;
  readonly emit: VolumeEventSink;
  readonly now?: () => Date;
}

/**
 * The engine's volumes. A volume's folder is there before its record, and goes out of sight before the record does, so
 * that a record always has content; lists are answered from memory.
 */
export class VolumeService implements VolumeBackend, Volumes, Checked {
  readonly #folders: VolumeFolders;
  readonly #table: RecordTable<StoredVolume>;
  readonly #volumes: Map<string, StoredVolume>;
  readonly #holders = new Map<string, Set<string>>();
  readonly #uses: VolumeUses;
  readonly #lock = new NameLock();
  readonly #emit: VolumeEventSink;
  readonly #now: () => Date;
  readonly #pruning = new PruneTurn();
  #number = 0;

  /**
   * Reads the records and puts right what a crash has left: a folder without a record and without content was never
   * complete and goes; one with content is kept as a volume, since records can be lost and data must not; a record
   * without a folder is of a volume whose removal was under way.
   */
  constructor({ dataRoot, partsFolder, records, emit, now = () => new Date() }: VolumeServiceOptions) {
    this.#folders = new VolumeFolders(dataRoot);
    this.#table = records.table("volumes", decodeStoredVolume);
    this.#volumes = this.#table.all();
    this.#uses = new VolumeUses(partsFolder);
    this.#emit = emit;
    this.#now = now;
    for (const { name, options } of this.#volumes.values()) this.#unmountAll(name, options);
    for (const name of this.#volumes.keys()) if (!this.#folders.has(name)) this.#forget(name);
    for (const name of this.#folders.names()) if (!this.#volumes.has(name)) this.#adopt(name);
  }

  #adopt(name: string): void {
    if (this.#folders.isEmpty(name)) this.#folders.discard(this.#folders.putAside(name));
    else this.#record({ name, created: this.#time(), labels: null, options: null });
  }

  list(filters: Filters<VolumeFilter>): Promise<VolumeListReply> {
    const listed = [...this.#volumes.values()].filter((volume) => isListed(volume, filters, this.#isHeld(volume.name)));
    return Promise.resolve({ Volumes: listed.sort((a, b) => (a.name < b.name ? -1 : 1)).map((volume) => this.#show(volume)), Warnings: null });
  }

  async create({ Name: asked, Driver: driver, DriverOpts: options, Labels: labels }: VolumeCreateBody): Promise<Volume> {
    const isNamed = asked !== "";
    const name = isNamed ? asked : randomVolumeName();
    checkVolumeName(name);
    return this.#lock.run(name, () =>
      this.#show(this.#volumes.get(name) ?? this.#make({ name, driver, options, labels: isNamed ? labels : { ...labels, [anonymousLabel]: "" } })),
    );
  }

  inspect(name: string): Promise<Volume> {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return Promise.reject(notFound(name));
    return Promise.resolve(this.#show(volume));
  }

  async remove(name: string, { force }: { readonly force: boolean }): Promise<void> {
    await this.#lock.run(name, () => {
      if (this.#volumes.has(name)) this.#remove(name);
      else if (!force) throw notFound(name);
    });
  }

  async prune(filters: Filters<VolumePruneFilter>): Promise<VolumePruneReply> {
    return await this.#pruning.run(async () => {
      const deleted: string[] = [];
      let reclaimed = 0;
      for (const { name } of [...this.#volumes.values()].filter((volume) => isPruned(volume, filters))) {
        const size = await this.#lock.run(name, () => this.#pruneOne(name));
        if (size === undefined) continue;
        deleted.push(name);
        reclaimed += size;
      }
      this.#emit("prune", "", { reclaimed: String(reclaimed) });
      return { VolumesDeleted: deleted.sort(), SpaceReclaimed: reclaimed };
    });
  }

  async #pruneOne(name: string): Promise<number | undefined> {
    if (!this.#volumes.has(name) || this.#isHeld(name)) return undefined;
    const size = await this.#folders.size(name);
    this.#remove(name);
    return size;
  }

  async rename(name: string, newName: string): Promise<void> {
    checkVolumeName(newName);
    await this.#runForBoth(name, newName, () => {
      const volume = this.#volumes.get(name);
      if (volume === undefined) throw notFound(name);
      this.#requireFree(newName);
      this.#requireUnheld(name, "rename");
      // The new record has no folder, or the old one has none, whenever this ends in the middle: the next start forgets it.
      this.#record({ ...volume, name: newName });
      this.#folders.rename(name, newName);
      this.#forget(name);
      this.#emit("rename", newName, { driver: "local", oldName: name });
    });
  }

  async clone(name: string, { Name: asked, Labels: labels }: VolumeCloneBody): Promise<Volume> {
    const newName = asked === "" ? randomVolumeName() : asked;
    checkVolumeName(newName);
    return await this.#lock.run(newName, async () => {
      if (!this.#volumes.has(name)) throw notFound(name);
      this.#requireFree(newName);
      const aside = this.#folders.makeAside();
      try {
        await using occupied = await this.#occupy(name, `clone as ${newName}`);
        using tree = openTree(this.#folders.contentAside(aside));
        using folder = openFolder(tree, byteNameOf("."));
        await copyTree(occupied.folder, folder);
        this.#folders.bringIn(aside, newName);
      } catch (error) {
        this.#folders.discard(aside);
        throw error;
      }
      this.#record({ name: newName, created: this.#time(), labels: asked === "" ? { ...labels, [anonymousLabel]: "" } : labels, options: null });
      this.#emit("create", newName, { driver: "local" });
      return this.inspect(newName);
    });
  }

  export(name: string): Promise<AsyncIterable<Uint8Array>> {
    return this.#volumes.has(name) ? Promise.resolve(this.#exported(name)) : Promise.reject(notFound(name));
  }

  async *#exported(name: string): AsyncGenerator<Uint8Array, void> {
    await using occupied = await this.#occupy(name, "export");
    yield* archiveTree({ folder: occupied.folder });
  }

  async import(name: string, archive: AsyncIterable<Uint8Array>): Promise<Volume> {
    checkVolumeName(name);
    const isNew = await this.#lock.run(name, () => {
      if (this.#volumes.has(name)) return false;
      this.#make({ name, driver: "", options: null, labels: null });
      return true;
    });
    try {
      await using occupied = await this.#occupy(name, "import");
      await extractArchive(readTar(decompress(archive)), { root: occupied.folder, folder: byteNameOf("/"), keepsKinds: false });
    } catch (error) {
      if (isNew) await this.#lock.run(name, () => { if (this.#volumes.has(name) && !this.#isHeld(name)) this.#remove(name); });
      throw error;
    }
    return await this.inspect(name);
  }

  /** Holds a volume for work that takes its time, with its content in reach: it can be used meanwhile, but not removed. */
  async #occupy(name: string, purpose: string): Promise<AsyncDisposable & { readonly folder: Descriptor }> {
    this.#number += 1;
    const holder = `${purpose} (${this.#number})`;
    return await this.#lock.run(name, async () => {
      const place = this.#place(name);
      await this.#uses.mountFor(name, place);
      using tree = openTree(place.folder);
      const folder = openFolder(tree, byteNameOf("."));
      this.#holdersOf(name).add(holder);
      return {
        folder,
        [Symbol.asyncDispose]: async () => {
          folder.close();
          await this.#lock.run(name, async () => {
            this.#letGo(name, holder, false);
            await this.#uses.unmountFor(name, place);
          });
        },
      };
    });
  }

  async #runForBoth(one: string, other: string, work: () => void): Promise<void> {
    const [first = "", second = ""] = [one, other].sort();
    await this.#lock.run(first, () => {
      if (first !== second) return this.#lock.run(second, work);
      work();
    });
  }

  #requireFree(name: string): void {
    if (this.#volumes.has(name)) throw new EngineError("conflict", `a volume named ${name} is there already`);
  }

  #requireUnheld(name: string, verb: string): void {
    const holders = this.#holders.get(name);
    if (holders !== undefined) throw new EngineError("conflict", `${verb} ${name}: volume is in use - [${[...holders].join(", ")}]`);
  }

  async acquire({ name: asked, driver, driverOptions, labels }: VolumeRequest, containerId: string): Promise<Volume> {
    const name = asked ?? randomVolumeName();
    checkVolumeName(name);
    return this.#lock.run(name, () => {
      const wanted = { name, driver, options: driverOptions, labels: asked === undefined ? { ...labels, [anonymousLabel]: "" } : labels };
      const volume = this.#volumes.get(name) ?? this.#make(wanted);
      this.#holdersOf(name).add(containerId);
      return this.#show(volume);
    });
  }

  hold(name: string, containerId: string): void {
    checkVolumeName(name);
    if (!this.#volumes.has(name)) this.#make({ name, driver: "", options: null, labels: null });
    this.#holdersOf(name).add(containerId);
  }

  async release(containerId: string, { removeAnonymous }: { readonly removeAnonymous: boolean }): Promise<void> {
    await this.endUse(containerId);
    const held = [...this.#holders].filter(([, holders]) => holders.has(containerId)).map(([name]) => name);
    for (const name of held) await this.#lock.run(name, () => { this.#letGo(name, containerId, removeAnonymous); });
  }

  #letGo(name: string, containerId: string, removeAnonymous: boolean): void {
    const holders = this.#holders.get(name);
    holders?.delete(containerId);
    if (holders?.size === 0) this.#holders.delete(name);
    const volume = this.#volumes.get(name);
    if (removeAnonymous && volume !== undefined && isAnonymous(volume) && !this.#isHeld(name)) this.#remove(name);
  }

  async copyUp(name: string, root: Descriptor, path: string): Promise<void> {
    await this.#lock.run(name, async () => {
      const place = this.#place(name);
      await this.#uses.mountFor(name, place);
      try {
        await copyUpInto(place.folder, root, path);
      } finally {
        await this.#uses.unmountFor(name, place);
      }
    });
  }

  async use(use: VolumeUse): Promise<string> {
    const { name, containerId, destination, writable } = use;
    return this.#lock.run(name, async () => {
      const folder = await this.#uses.begin(use, this.#place(name));
      this.#emit("mount", name, { container: containerId, destination, driver: "local", propagation: "", "read/write": String(writable) });
      return folder;
    });
  }

  async endUse(containerId: string): Promise<void> {
    for (const name of this.#uses.usedBy(containerId)) {
      await this.#lock.run(name, async () => {
        await this.#uses.end(containerId, name);
        this.#emit("unmount", name, { container: containerId, driver: "local" });
      });
    }
  }

  find(name: string): Volume | undefined {
    const volume = this.#volumes.get(name);
    return volume === undefined ? undefined : this.#show(volume);
  }

  /** For `system df`: bytes in each volume, and how many containers hold it. One that is removed meanwhile is left out. */
  async usage(): Promise<readonly Volume[]> {
    const counted: Volume[] = [];
    for (const volume of [...this.#volumes.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name } = volume;
      // Nobody waits for a large volume to be counted.
      const Size = await this.#folders.size(name).catch((error: unknown) => {
        if (this.#volumes.get(name) === volume) throw error;
      });
      if (Size !== undefined) counted.push({ ...this.#show(volume), UsageData: { Size, RefCount: this.#holders.get(name)?.size ?? 0 } });
    }
    return counted;
  }

  /** Folders without a record, and records without a folder; at its next start the engine does the same to them as a repair does now. */
  async findings(): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const name of this.#folders.names()) {
      if (this.#volumes.has(name)) continue;
      const isEmpty = this.#folders.isEmpty(name);
      findings.push({
        subject: "volume folder", name, size: isEmpty ? 0 : await this.#folders.size(name), reason: `no record knows it${isEmpty ? "" : "; a repair makes it a volume, since it has content"}`,
        repair: () => this.#lock.run(name, () => { if (!this.#volumes.has(name)) this.#adopt(name); }),
      });
    }
    const lost = [...this.#volumes.keys()].filter((name) => !this.#folders.has(name));
    findings.push(...lost.map((name): Finding => ({
      subject: "volume record", name, reason: `its folder is gone${this.#isHeld(name) ? "; a repair makes an empty one, since a container has it" : ""}`,
      repair: () => this.#lock.run(name, () => { this.#repairLost(name); }),
    })));
    return findings;
  }

  #repairLost(name: string): void {
    if (!this.#volumes.has(name) || this.#folders.has(name)) return;
    if (this.#isHeld(name)) this.#folders.make(name);
    else this.#forget(name);
  }

  #make({ name, driver, options, labels }: NewVolume): StoredVolume {
    checkDriver(name, driver, options ?? {});
    this.#folders.make(name);
    const volume = { name, created: this.#time(), labels, options };
    this.#record(volume);
    this.#emit("create", name, { driver: "local" });
    return volume;
  }

  #remove(name: string): void {
    this.#requireUnheld(name, "remove");
    this.#unmountAll(name, this.#volumes.get(name)?.options ?? null);
    const aside = this.#folders.putAside(name);
    this.#forget(name);
    this.#emit("destroy", name, { driver: "local" });
    this.#folders.discard(aside);
  }

  /** Nothing of a file system that was mounted there by an engine before this one may be taken for the volume's own files. */
  #unmountAll(name: string, options: StoredVolume["options"]): void {
    if (options?.device === undefined) return;
    while (unmount(this.#folders.contentOf(name)));
  }

  #record(volume: StoredVolume): void {
    this.#table.put(volume.name, volume);
    this.#volumes.set(volume.name, volume);
  }

  #forget(name: string): void {
    this.#table.delete(name);
    this.#volumes.delete(name);
  }

  #place(name: string): VolumePlace {
    const volume = this.#volumes.get(name);
    if (volume === undefined) throw notFound(name);
    return { folder: this.#folders.contentOf(name), options: volume.options ?? {} };
  }

  #show(volume: StoredVolume): Volume {
    return showVolume(volume, this.#folders.contentOf(volume.name));
  }

  #isHeld(name: string): boolean {
    return this.#holders.has(name);
  }

  #holdersOf(name: string): Set<string> {
    let holders = this.#holders.get(name);
    if (holders === undefined) this.#holders.set(name, (holders = new Set()));
    return holders;
  }

  #time(): string {
    return this.#now().toISOString().replace(/\.\d+Z$/, "Z");
  }
}

interface NewVolume {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>> | null;
  readonly labels: Readonly<Record<string, string>> | null;
}

function notFound(name: string): EngineError {
  return new EngineError("not-found", `get ${name}: no such volume`);
}
