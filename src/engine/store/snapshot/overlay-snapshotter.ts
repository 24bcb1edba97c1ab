import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestHex, EngineError, parseDigest, type Digest } from "../../../base/index.ts";
import { byteNameOf, discardTree, openFolder, openTree, treeSize } from "../../../host/files/index.ts";
import type { Descriptor } from "../../../host/libc/index.ts";
import { mount, mountOverlay, unmountLater } from "../../../host/mount/index.ts";
import { readTar } from "../../../base/tar/index.ts";
import { archiveTree } from "../../archive/index.ts";
import type { LayerInfo, LayerSource, Snapshotter } from "./contract.ts";
import { layerChanges, type LayerChange } from "./layer-changes.ts";
import { makeMountPoints } from "./mount-points.ts";
import { unpackLayer } from "./unpack.ts";

/*
 * On disk, below the data root:
 *   layers/<hex of the chain id>/fs          the layer's own files
 *   layers/<hex of the chain id>/layer.json  its parent, content and size
 *   rw/<container>/{upper,work}              what a container wrote
 *   mount-points                             what every container lies on
 *   tmp/…                                    what is being made or removed; emptied at start
 */

/** Several engines would not notice each other's changes: one snapshotter for a data root. */
export function openOverlaySnapshotter(dataRoot: string): Snapshotter {
  const places = { layers: join(dataRoot, "layers"), writable: join(dataRoot, "rw"), aside: join(dataRoot, "tmp"), bottom: join(dataRoot, "mount-points"), empty: join(dataRoot, "empty") };
  for (const folder of [places.layers, places.writable, places.aside, places.empty]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  makeMountPoints(places.bottom);
  return new OverlaySnapshotter(places);
}

interface Places {
  readonly layers: string;
  readonly writable: string;
  readonly aside: string;
  /** What every container lies on. */
  readonly bottom: string;
  /** What the view of an image lies on: nothing of it is seen. */
  readonly empty: string;
}

// What other storage engines leave on too: without an index and with copies of whole files a layer is the same to every kernel.
const overlayOptions = { index: "off", metacopy: "off", redirect_dir: "off" };

class OverlaySnapshotter implements Snapshotter {
  readonly name = "overlay2";
  readonly #places: Places;
  readonly #layers = new Map<Digest, LayerInfo>();
  readonly #containers = new Map<string, Digest | undefined>();
  /** Unpackings under way: whoever needs the same layer waits for the first. */
  readonly #applying = new Map<Digest, Promise<LayerInfo>>();
  /** Whose file system is shown where, in this engine's mount namespace, which begins without any. */
  readonly #mounted = new Map<string, string>();
  #number = 0;

  constructor(places: Places) {
    this.#places = places;
    for (const name of readdirSync(places.layers)) {
      const info = readLayer(join(places.layers, name));
      this.#layers.set(info.chain, info);
    }
    for (const name of readdirSync(places.writable)) this.#containers.set(name, readChain(join(places.writable, name)));
  }

  has(chain: Digest): boolean {
    return this.#layers.has(chain);
  }

  layer(chain: Digest): LayerInfo {
    const info = this.#layers.get(chain);
    if (info === undefined) throw new EngineError("not-found", `layer ${chain} is not in the store`);
    return info;
  }

  layers(): readonly Digest[] {
    return [...this.#layers.keys()];
  }

  containers(): readonly string[] {
    return [...this.#containers.keys()];
  }

  async apply(source: LayerSource): Promise<LayerInfo> {
    const there = this.#layers.get(source.chain);
    if (there !== undefined) return there;
    let applying = this.#applying.get(source.chain);
    if (applying === undefined) {
      applying = this.#unpack(source).finally(() => this.#applying.delete(source.chain));
      this.#applying.set(source.chain, applying);
    }
    return applying;
  }

  async #unpack(source: LayerSource): Promise<LayerInfo> {
    const aside = this.#aside();
    mkdirSync(join(aside, "fs"), { recursive: true, mode: 0o755 });
    try {
      using tree = openTree(join(aside, "fs"));
      const size = await this.#fill(tree, source);
      const { chain, parent, diffId } = source;
      const info: LayerInfo = { chain, parent, diffId, size };
      writeFileSync(join(aside, "layer.json"), JSON.stringify(info));
      renameSync(aside, this.#folderOf(chain));
      this.#layers.set(chain, info);
      return info;
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    }
  }

  async #fill(tree: Descriptor, { parent, diffId, archive }: LayerSource): Promise<number> {
    const below = parent === undefined ? [] : this.folders(parent).map((folder) => openTree(folder));
    try {
      const hash = createHash(diffId.startsWith("sha512:") ? "sha512" : "sha256");
      const size = await unpackLayer(readTar(hashing(archive(), hash)), { tree, below });
      const found = hash.digest("hex");
      if (found !== digestHex(diffId)) {
        throw new EngineError("data-corrupt", `the layer's content is not what its image promises: expected ${diffId}, found ${found}`);
      }
      return size;
    } finally {
      for (const folder of below) folder.close();
    }
  }

  async removeLayer(chain: Digest): Promise<void> {
    if (!this.#layers.delete(chain)) return;
    await this.#discard(this.#folderOf(chain));
  }

  async create(container: string, chain: Digest | undefined): Promise<void> {
    if (this.#containers.has(container)) throw new EngineError("conflict", `container ${container} has a file system already`);
    if (chain !== undefined) this.layer(chain);
    const aside = this.#aside();
    mkdirSync(join(aside, "upper"), { recursive: true, mode: 0o755 });
    mkdirSync(join(aside, "work"), { mode: 0o700 });
    writeFileSync(join(aside, "chain"), chain ?? "");
    renameSync(aside, join(this.#places.writable, container));
    this.#containers.set(container, chain);
    await Promise.resolve();
  }

  async mount(container: string, target: string): Promise<void> {
    if (!this.#containers.has(container)) throw new EngineError("not-found", `container ${container} has no file system`);
    if (this.#mounted.has(target)) return;
    mkdirSync(target, { recursive: true });
    const [shown] = [...this.#mounted].find(([, owner]) => owner === container) ?? [];
    // Two overlays on the same folders would know nothing of each other's changes.
    if (shown === undefined) this.#mountOverlay(container, target);
    else mount({ source: shown, target, flags: ["bind"] });
    this.#mounted.set(target, container);
    await Promise.resolve();
  }

  #mountOverlay(container: string, target: string): void {
    const folder = join(this.#places.writable, container);
    mountOverlay({ lower: this.#below(container), upper: { folder: join(folder, "upper"), work: join(folder, "work") }, target, options: overlayOptions });
  }

  /** What a container stands on, topmost first. */
  #below(container: string): readonly string[] {
    const chain = this.#containers.get(container);
    return [...(chain === undefined ? [] : this.folders(chain)), this.#places.bottom];
  }

  view(chain: Digest | undefined, target: string): void {
    mkdirSync(target, { recursive: true });
    // Without a writable layer an overlay wants two others.
    if (chain === undefined) mount({ source: this.#places.empty, target, flags: ["bind"] });
    else mountOverlay({ lower: [...this.folders(chain), this.#places.empty], target, options: overlayOptions });
  }

  async unmount(target: string): Promise<void> {
    this.#mounted.delete(target);
    await unmountLater(target);
  }

  async remove(container: string): Promise<void> {
    if (!this.#containers.delete(container)) return;
    await this.#discard(join(this.#places.writable, container));
  }

  chainOf(container: string): Digest | undefined {
    return this.#containers.get(container);
  }

  async usage(container: string): Promise<number> {
    using upper = this.#openUpper(container);
    return await treeSize(upper);
  }

  async changes(container: string): Promise<readonly LayerChange[]> {
    using upper = this.#openUpper(container);
    using stack = new DisposableStack();
    const below = this.#below(container).map((folder) => stack.use(openTree(folder)));
    return await layerChanges(upper, below);
  }

  async *archive(container: string): AsyncGenerator<Uint8Array> {
    using upper = this.#openUpper(container);
    yield* archiveTree({ folder: upper, isLayer: true });
  }

  #openUpper(container: string): Descriptor {
    using tree = openTree(join(this.#places.writable, container));
    return openFolder(tree, byteNameOf("upper"));
  }

  strays(): readonly { readonly path: string; readonly repair: () => Promise<void> }[] {
    const { layers, writable } = this.#places;
    const known = new Set([...[...this.#layers.keys()].map((chain) => this.#folderOf(chain)), ...[...this.#containers.keys()].map((id) => join(writable, id))]);
    const found = [layers, writable].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    return found.filter((path) => !known.has(path)).map((path) => ({ path, repair: () => this.#discard(path) }));
  }

  describe(container: string): Readonly<Record<string, string>> {
    const folder = join(this.#places.writable, container);
    return {
      LowerDir: this.#below(container).join(":"),
      UpperDir: join(folder, "upper"),
      WorkDir: join(folder, "work"),
    };
  }

  folders(chain: Digest): readonly string[] {
    const folders: string[] = [];
    for (let next: Digest | undefined = chain; next !== undefined; next = this.layer(next).parent) folders.push(join(this.#folderOf(next), "fs"));
    return folders;
  }

  #folderOf(chain: Digest): string {
    return join(this.#places.layers, digestHex(chain));
  }

  #aside(): string {
    this.#number += 1;
    const folder = join(this.#places.aside, `snapshot-${process.pid}-${this.#number}`);
    mkdirSync(folder, { mode: 0o711 });
    return folder;
  }

  /** Takes a folder out of sight at once, then removes what may be much; the rest goes at the next start after a crash. */
  async #discard(folder: string): Promise<void> {
    const aside = this.#aside();
    renameSync(folder, join(aside, "old"));
    using tree = openTree(this.#places.aside);
    using parent = openFolder(tree, byteNameOf("."));
    await discardTree(parent, byteNameOf(aside.slice(aside.lastIndexOf("/") + 1)));
  }
}

async function* hashing(stream: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    hash.update(piece);
    yield piece;
  }
}

function readLayer(folder: string): LayerInfo {
  const path = join(folder, "layer.json");
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof value !== "object" || value === null || !("chain" in value) || !("diffId" in value) || !("size" in value)) throw unreadable(path);
  const parent = "parent" in value ? value.parent : undefined;
  if (typeof value.size !== "number") throw unreadable(path);
  return {
    chain: parseDigest(String(value.chain)),
    diffId: parseDigest(String(value.diffId)),
    parent: parent === undefined ? undefined : parseDigest(typeof parent === "string" ? parent : ""),
    size: value.size,
  };
}

function readChain(folder: string): Digest | undefined {
  const text = readFileSync(join(folder, "chain"), "utf8");
  return text === "" ? undefined : parseDigest(text);
}

function unreadable(path: string): EngineError {
  return new EngineError("data-corrupt", `${path} is unreadable`, { hint: "remove the layer's folder and load its image again" });
}
