import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Filters, ImageFilter, ImageSummary, ProgressMessage } from "../../src/api/types/index.ts";
import { digestHex, parseDigest, type Digest } from "../../src/base/index.ts";
import { encodeMember, tarEnd, tarPadding, type TarMember } from "../../src/base/tar/index.ts";
import { openImageService, type ImageService, type ImageUser } from "../../src/engine/image/index.ts";
import { BlobStore, emptyAside, openOverlaySnapshotter, Records, type Snapshotter } from "../../src/engine/store/index.ts";

export type Member = Partial<TarMember> & { readonly name: string; readonly body?: string | Uint8Array };

export function archive(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ body = "", ...member }) => {
    const content = Buffer.from(body);
    return [encodeMember({ type: "file", mode: 0o644, ...member, size: content.length }), content, tarPadding(content.length)];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

export function digestOf(content: string | Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(content).digest("hex")}`);
}

/** In pieces of an odd size, so that nothing depends on where they end. */
export async function* pieces(bytes: Uint8Array, size = 60_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

export interface LayerParts {
  /** Uncompressed. */
  readonly tar: Buffer;
  /** As it is in the archive. */
  readonly stored: Buffer;
}

export function layerOf(members: readonly Member[], compress: (tar: Buffer) => Buffer = (tar) => tar): LayerParts {
  const tar = archive(members);
  return { tar, stored: compress(tar) };
}

export function configOf(layers: readonly LayerParts[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    architecture: "amd64", os: "linux", created: "2026-01-02T03:04:05.123456789Z", config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: layers.map(({ tar }) => digestOf(tar)) },
    history: layers.map((_, i) => ({ created: "2026-01-02T03:04:05Z", created_by: `step ${i}` })),
    ...more,
  });
}

/** What docker save wrote for years. */
export function savedArchive(images: readonly { config: string; layers: readonly LayerParts[]; names: readonly string[] | null }[]): Buffer {
  const members = new Map<string, Member>();
  const manifest = images.map(({ config, layers, names }) => {
    const paths = layers.map(({ stored }, i) => {
      const name = `${digestHex(digestOf(`${i}${digestOf(stored)}`))}/layer.tar`;
      members.set(name, { name, body: stored });
      return name;
    });
    const name = `${digestHex(digestOf(config))}.json`;
    members.set(name, { name, body: config });
    return { Config: name, RepoTags: names, Layers: paths };
  });
  return archive([...members.values(), { name: "manifest.json", body: JSON.stringify(manifest) }]);
}

/** An OCI image layout. */
export function layoutArchive(config: string, layers: readonly LayerParts[], names: readonly string[], more: readonly Member[] = []): Buffer {
  const manifest = manifestOf(config, layers);
  const blob = (content: string | Buffer): Member => ({ name: `blobs/sha256/${digestHex(digestOf(content))}`, body: content });
  const descriptor = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: digestOf(manifest), size: manifest.length };
  const manifests = names.length === 0 ? [descriptor] : names.map((name) => ({ ...descriptor, annotations: { "org.opencontainers.image.ref.name": name } }));
  return archive([
    { name: "oci-layout", body: '{"imageLayoutVersion":"1.0.0"}' }, { name: "index.json", body: JSON.stringify({ schemaVersion: 2, manifests }) },
    blob(manifest), blob(config), ...layers.map(({ stored }) => blob(stored)), ...more,
  ]);
}

export function manifestOf(config: string, layers: readonly LayerParts[]): string {
  return JSON.stringify({
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
    layers: layers.map(({ stored }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digestOf(stored), size: stored.length })),
  });
}

/** Images in a data root of their own. */
export class ImageWorld implements AsyncDisposable {
  readonly root: string;
  readonly events: string[] = [];
  readonly warnings: string[] = [];
  readonly users = new Map<Digest, ImageUser[]>();
  snapshotter!: Snapshotter;
  images!: ImageService;
  #records: Records | undefined;

  private constructor(parent: string) {
    this.root = realpathSync(mkdtempSync(join(parent, "images-")));
  }

  /** @param parent folder to make the data root in */
  static async open(parent = tmpdir()): Promise<ImageWorld> {
    const world = new ImageWorld(parent);
    await world.reopen();
    return world;
  }

  /** As after a start of the engine. */
  async reopen(): Promise<void> {
    this.#records?.close();
    emptyAside(this.root);
    this.#records = Records.open(join(this.root, "state.db"));
    this.snapshotter = openOverlaySnapshotter(this.root);
    this.images = await openImageService({
      dataRoot: this.root, records: this.#records, blobs: new BlobStore(this.root), snapshotter: this.snapshotter,
      warn: (message) => this.warnings.push(message),
      surroundings: {
        usersOf: (id) => this.users.get(id) ?? [],
        emit: (action, id, attributes) => this.events.push(`${action} ${id.slice(7, 19)} ${attributes["name"] ?? ""}`),
      },
    });
  }

  /** @returns what was said */
  async load(bytes: Uint8Array, quiet = true): Promise<ProgressMessage[]> {
    const said: ProgressMessage[] = [];
    const progress = (message: ProgressMessage): Promise<void> => Promise.resolve(void said.push(message));
    await this.images.load(pieces(bytes), { quiet, progress }, new AbortController().signal);
    return said;
  }

  async remove(ref: string, force = false): Promise<string[]> {
    const items = await this.images.remove(ref, { force, noPrune: false, platforms: [] });
    return items.map((item) => ("Untagged" in item ? `untagged ${item.Untagged}` : `deleted ${item.Deleted.slice(0, 19)}`));
  }

  async list(filters: Filters<ImageFilter> = new Map()): Promise<readonly ImageSummary[]> {
    return await this.images.list({ all: false, filters, sharedSize: true, manifests: false });
  }

  /** Names of the images that filters leave, in order. */
  async names(filters: Filters<ImageFilter> = new Map()): Promise<string[]> {
    return (await this.list(filters)).map(({ RepoTags }) => (RepoTags ?? []).join(","));
  }

  /** What is on disk, by folder. */
  content(): { blobs: string[]; layers: string[]; aside: string[] } {
    const names = (folder: string): string[] => readdirSync(join(this.root, folder)).sort();
    return { blobs: names("blobs/sha256"), layers: names("layers"), aside: names("tmp") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#records?.close();
    rmSync(this.root, { recursive: true });
    await Promise.resolve();
  }
}
