import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { array, boolean, int64, object, optional, parseJson, string, type Decoder } from "../../api/decode/index.ts";
import { digestHex, EngineError, familiarReference, parseDigest, parseImageReference, type Digest, type ImageReference } from "../../base/index.ts";
import type { BlobStore, RecordTable, Records, Snapshotter } from "../store/index.ts";
import { chainIds } from "./chain-id.ts";
import { canonicalName, type Image } from "./contract.ts";
import { parseImageDocument, type ImageDocument } from "./document.ts";

/** What is kept of an image; its documents are blobs. */
export interface ImageRecord {
  readonly id: Digest;
  readonly manifest: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
  /** Whether the manifest came with the image, so that others know the image by its digest. */
  readonly isManifestGiven: boolean;
  /** The layers as they came, bottom up, compressed or not. */
  readonly blobs: readonly Digest[];
  /** Bytes of all blobs. */
  readonly content: number;
  /** Milliseconds since the epoch. */
  readonly tagged?: number;
}

export interface CatalogEntry extends Image {
  readonly record: ImageRecord;
  readonly document: ImageDocument;
  readonly chains: readonly Digest[];
  /** Bytes of all layers, unpacked. */
  readonly size: number;
  /** Milliseconds since the epoch, 0 where it does not say. */
  readonly created: number;
}

const digest: Decoder<Digest> = (value, path) => parseDigest(string(value, path));
const decodeRecord = object<ImageRecord>({
  id: digest,
  manifest: object<ImageRecord["manifest"]>({ mediaType: string, digest, size: int64 }),
  isManifestGiven: boolean,
  blobs: array(digest),
  content: int64,
  tagged: optional(int64),
});

/** Which images there are and what they are called; in memory, so that lists wait for nothing, and on disk. */
export class ImageCatalog {
  readonly #images = new Map<Digest, CatalogEntry>();
  /** Image ids by full name. */
  readonly #names = new Map<string, Digest>();
  readonly #namesById = new Map<Digest, Set<string>>();
  readonly #imageTable: RecordTable<ImageRecord>;
  readonly #nameTable: RecordTable<Digest>;
  readonly #records: Records;
  readonly #blobs: BlobStore;
  readonly #snapshotter: Snapshotter;
  readonly #dataRoot: string;
  readonly #problems: string[] = [];
  readonly #unreadable: ImageRecord[] = [];

  constructor(parts: { readonly records: Records; readonly blobs: BlobStore; readonly snapshotter: Snapshotter; readonly dataRoot: string }) {
    this.#records = parts.records;
    this.#blobs = parts.blobs;
    this.#snapshotter = parts.snapshotter;
    this.#dataRoot = parts.dataRoot;
    this.#imageTable = parts.records.table("images", (value) => decodeRecord(parseJson(JSON.stringify(value)), ""));
    this.#nameTable = parts.records.table("image_names", (value) => parseDigest(String(value)));
    for (const record of this.#imageTable.all().values()) this.#readAtStart(record);
    for (const [name, id] of this.#nameTable.all()) if (this.#images.has(id)) this.#note(name, id);
  }

  #note(name: string, id: Digest): void {
    this.#forget(name);
    this.#names.set(name, id);
    const names = this.#namesById.get(id) ?? new Set();
    this.#namesById.set(id, names.add(name));
  }

  #forget(name: string): void {
    const owner = this.#names.get(name);
    if (owner !== undefined) this.#namesById.get(owner)?.delete(name);
    this.#names.delete(name);
  }

  // One damaged image must not keep the engine, and with it every container, from starting.
  #readAtStart(record: ImageRecord): void {
    try {
      this.#images.set(record.id, this.#read(record));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#unreadable.push(record);
      this.#problems.push(`image ${record.id} is left out: ${error.message}`);
    }
  }

  /** What could not be read at start, for the log. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Blobs of images that could not be read: kept, since loading the image again may be all that it takes. */
  get unreadable(): readonly ImageRecord[] {
    return this.#unreadable;
  }

  #read(record: ImageRecord): CatalogEntry {
    const document = parseImageDocument(this.#blobs.readWhole(record.id));
    const chains = chainIds(document.diffIds);
    return {
      record,
      document,
      chains,
      id: record.id,
      config: document.config,
      chain: chains.at(-1),
      os: document.os,
      architecture: document.architecture,
      manifest: record.manifest,
      size: chains.reduce((sum, chain) => sum + this.#snapshotter.layer(chain).size, 0),
      created: document.created === undefined ? 0 : (Date.parse(document.created) || 0),
    };
  }

  /** Adds an image whose blobs and layers are all there. One that is there keeps its names and the time of its last. */
  add(added: ImageRecord): CatalogEntry {
    const tagged = this.#images.get(added.id)?.record.tagged;
    const record = tagged === undefined ? added : { ...added, tagged };
    const entry = this.#read(record);
    this.#imageTable.put(record.id, record);
    this.#images.set(record.id, entry);
    this.#unreadable.splice(0, this.#unreadable.length, ...this.#unreadable.filter(({ id }) => id !== record.id));
    this.#changed();
    return entry;
  }

  /** @returns the image that had the name before, where it was another */
  setName(reference: ImageReference, id: Digest): Digest | undefined {
    const name = canonicalName(reference);
    const before = this.#names.get(name);
    const entry = this.#images.get(id);
    if (entry === undefined) throw new EngineError("internal", `image ${id} cannot be named ${name}: it is not there`);
    const record = { ...entry.record, tagged: Date.now() };
    this.#records.together(() => {
      this.#nameTable.put(name, id);
      this.#imageTable.put(id, record);
    });
    this.#note(name, id);
    this.#images.set(id, { ...entry, record });
    this.#changed();
    return before === id ? undefined : before;
  }

  removeName(name: string): void {
    this.#nameTable.delete(name);
    this.#forget(name);
    this.#changed();
  }

  remove(id: Digest): void {
    const names = this.namesOf(id);
    this.#records.together(() => {
      for (const name of names) this.#nameTable.delete(name);
      this.#imageTable.delete(id);
    });
    for (const name of names) this.#forget(name);
    this.#namesById.delete(id);
    this.#images.delete(id);
    this.#changed();
  }

  get(id: Digest): CatalogEntry | undefined {
    return this.#images.get(id);
  }

  all(): readonly CatalogEntry[] {
    return [...this.#images.values()];
  }

  /** Full names, sorted. */
  namesOf(id: Digest): readonly string[] {
    return [...(this.#namesById.get(id) ?? [])].sort();
  }

  /** Names as docker shows them. */
  familiarNames(id: Digest): readonly string[] {
    return this.namesOf(id).map(familiarName);
  }

  byName(reference: ImageReference): CatalogEntry | undefined {
    const id = this.#names.get(canonicalName(reference));
    return id === undefined ? undefined : this.#images.get(id);
  }

  /** The tag that a text names, or all tags of a repository that it names without one. */
  tagsOf(text: string): readonly { readonly entry: CatalogEntry; readonly name: ImageReference }[] {
    const wanted = parseReferenceOrNone(text);
    if (wanted === undefined || wanted.digest !== undefined) return [];
    const tags = [...this.#names].map(([name, id]) => ({ name: parseImageReference(name), entry: this.#images.get(id) }));
    return tags.flatMap(({ name, entry }) => {
      const isMeant = name.domain === wanted.domain && name.path === wanted.path && name.tag !== undefined && name.tag === (wanted.tag ?? name.tag);
      return isMeant && entry !== undefined ? [{ name, entry }] : [];
    });
  }

  /** @throws EngineError `not-found` with docker's text */
  find(text: string): CatalogEntry {
    const found = this.#byText(text);
    if (found !== undefined) return found;
    throw new EngineError("not-found", `No such image: ${withTag(text)}`);
  }

  #byText(text: string): CatalogEntry | undefined {
    const hex = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
    if (/^[0-9a-f]{64}$/.test(hex)) return this.#images.get(parseDigest(`sha256:${hex}`));
    const reference = parseReferenceOrNone(text);
    const named = reference === undefined ? undefined : this.byName(reference);
    if (named !== undefined) return named;
    if (!/^[0-9a-f]{1,64}$/.test(hex)) return undefined;
    const matches = this.all().filter(({ id }) => digestHex(id).startsWith(hex));
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** Makes names and images outlast a power cut. */
  flush(): void {
    this.#records.flush();
  }

  /** Keeps the index of the OCI layout true, for other tools; the records are what the engine itself reads. */
  #changed(): void {
    const manifests = this.all().flatMap(({ id, manifest }) => {
      const names = this.namesOf(id);
      return names.length === 0 ? [manifest] : names.map((name) => ({ ...manifest, annotations: annotationsFor(name) }));
    });
    const aside = join(this.#dataRoot, "tmp/index.json");
    writeFileSync(aside, JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests }));
    renameSync(aside, join(this.#dataRoot, "index.json"));
  }
}

/** As containerd and the OCI image layout name an image in an index. */
export function annotationsFor(name: string): Readonly<Record<string, string>> {
  const { tag } = parseImageReference(name);
  return { "io.containerd.image.name": name, ...(tag === undefined ? {} : { "org.opencontainers.image.ref.name": tag }) };
}

export function familiarName(name: string): string {
  return familiarReference(parseImageReference(name));
}

function parseReferenceOrNone(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (error) {
    if (error instanceof EngineError && error.kind === "invalid-argument") return undefined;
    throw error;
  }
}

function withTag(text: string): string {
  const reference = parseReferenceOrNone(text);
  if (reference === undefined) return text;
  return familiarReference(reference.digest === undefined && reference.tag === undefined ? { ...reference, tag: "latest" } : reference);
}
