import type { Digest } from "../../../base/index.ts";
import type { LayerChange } from "./layer-changes.ts";

/**
 * Keeps the file systems of images and containers.
 *
 * The life of a layer: an image's layers are applied from the bottom up. Each is known by its chain id, which names it
 * together with everything below it (OCI image-spec, config.md, "Layer ChainID"), so a layer that two images share is
 * unpacked once. `apply` unpacks aside and lets the layer appear, complete, only when its content was verified; a crash
 * before that leaves nothing. A layer never changes afterwards. For an image of many layers the disk is waited for once:
 * the caller makes all content outlast a power cut before it writes a record, and at start what no record needs is removed.
 *
 * The life of a container's file system: `create` makes a writable layer upon a chain, `mount` shows both as one tree,
 * `unmount` hides it again, as often as the container starts and stops, and `remove` takes what was written away.
 * Mounts do not outlive the engine's mount namespace; after a restart a stopped container is mounted anew.
 *
 * Who uses what is the caller's business: `removeLayer` does not ask, and recovery compares `layers` and `containers`
 * with the records.
 */
export interface Snapshotter {
  /** Docker's name for it: the "storage driver". */
  readonly name: string;
  /** Whether the chain is there, complete. */
  has(chain: Digest): boolean;
  /**
   * Unpacks a layer onto its parent. One that is there already is left as it is and the stream is not read.
   * @throws EngineError `invalid-argument` for a damaged archive, `data-corrupt` when its content is not what was promised
   */
  apply(layer: LayerSource): Promise<LayerInfo>;
  /** @throws EngineError `not-found` */
  layer(chain: Digest): LayerInfo;
  /** The layers that are there. */
  layers(): readonly Digest[];
  /** Removes a layer that nothing stands on any more. One that is not there is no error. */
  removeLayer(chain: Digest): Promise<void>;
  /** Makes the writable layer of a container; `chain` undefined: upon nothing. @throws EngineError `conflict` where it is there already */
  create(container: string, chain: Digest | undefined): Promise<void>;
  /**
   * Shows the container's file system at a folder. Mounting what is mounted there is no error; at a second place the same
   * file system is shown, so that nobody there sees old content. While the container runs its program holds the file
   * system: it must not be mounted anew then, but be copied from the program's namespace.
   */
  mount(container: string, target: string): Promise<void>;
  /** Shows a chain at a folder, read-only; `chain` undefined: nothing. */
  view(chain: Digest | undefined, target: string): void;
  unmount(target: string): Promise<void>;
  /** Removes what the container wrote. One that is not there is no error. */
  remove(container: string): Promise<void>;
  /** The containers that have a writable layer. */
  containers(): readonly string[];
  /** The chain that a container stands on; undefined for none. */
  chainOf(container: string): Digest | undefined;
  /** Bytes that the container wrote. */
  usage(container: string): Promise<number>;
  /** What the container changed of what it stands on. */
  changes(container: string): Promise<readonly LayerChange[]>;
  /** What the container wrote, as the archive of a layer that stands on the container's chain. Nobody holds it still meanwhile. */
  archive(container: string): AsyncIterable<Uint8Array>;
  /** What lies where layers and containers have their places and is none of them; `repair` removes it. */
  strays(): readonly { readonly path: string; readonly repair: () => Promise<void> }[];
  /** For `inspect`: docker's GraphDriver.Data. */
  describe(container: string): Readonly<Record<string, string>>;
  /** Paths of a chain's unpacked layers, topmost first: for whoever looks into an image without a container. */
  folders(chain: Digest): readonly string[];
}

export interface LayerSource {
  readonly chain: Digest;
  readonly parent: Digest | undefined;
  /** Digest of the uncompressed archive, checked while unpacking. */
  readonly diffId: Digest;
  /** The uncompressed archive. */
  readonly archive: () => AsyncIterable<Uint8Array>;
}

export interface LayerInfo {
  readonly chain: Digest;
  readonly parent: Digest | undefined;
  readonly diffId: Digest;
  /** Bytes of the files that this layer adds. */
  readonly size: number;
}
