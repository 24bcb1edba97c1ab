import { containerConfig } from "../../api/bodies/index.ts";
import { array, boolean, int64, object, optional, parseJson, record, string, type Decoder, type JsonValue } from "../../api/decode/index.ts";
import type { ContainerConfig } from "../../api/types/index.ts";
import { EngineError, parseDigest, type Digest } from "../../base/index.ts";
import type { Compression } from "./compression.ts";

/*
 * The JSON documents of an image, written by strangers: each becomes a typed value here and nowhere else.
 */

export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  gzipLayer: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstdLayer: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
} as const;

/** What a layer of a media type, OCI's or docker's, is compressed with. */
export function compressionOf(mediaType: string): Compression {
  if (/[.+]gzip$/.test(mediaType)) return "gzip";
  return /[.+]zstd$/.test(mediaType) ? "zstd" : "none";
}

/** OCI image-spec, config.md. */
export interface ImageDocument {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created?: string;
  readonly author: string;
  readonly comment: string;
  readonly dockerVersion: string;
  readonly config: ContainerConfig;
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryStep[];
}

export interface HistoryStep {
  readonly created?: string;
  readonly created_by: string;
  readonly author: string;
  readonly comment: string;
  readonly empty_layer: boolean;
}

/** OCI image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string; readonly variant?: string };
  readonly annotations: Readonly<Record<string, string>>;
}

/** OCI image-spec, manifest.md; docker's schema 2 has the same fields. */
export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An entry of the manifest.json that docker save writes (Docker image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format"). */
export interface SavedImage {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

const digest: Decoder<Digest> = (value, path) => parseDigest(string(value, path));

const historyStep = object<HistoryStep>({
  created: optional(string),
  created_by: string,
  author: string,
  comment: string,
  empty_layer: boolean,
});

interface RawDocument {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created?: string;
  readonly author: string;
  readonly comment: string;
  readonly docker_version: string;
  readonly config: ContainerConfig;
  readonly rootfs: { readonly diff_ids: readonly Digest[] };
  readonly history: readonly HistoryStep[];
}

const rawDocument = object<RawDocument>({
  architecture: string,
  os: string,
  variant: optional(string),
  created: optional(string),
  author: string,
  comment: string,
  docker_version: string,
  config: containerConfig,
  rootfs: object<{ readonly diff_ids: readonly Digest[] }>({ diff_ids: array(digest) }),
  history: array(historyStep),
});

const mostLayers = 500;

export function parseImageDocument(content: Uint8Array): ImageDocument {
  const { docker_version: dockerVersion, rootfs, ...rest } = parse(content, "image configuration", rawDocument);
  if (rootfs.diff_ids.length > mostLayers) throw broken("image configuration", `more than ${mostLayers} layers`);
  if (rest.os !== "linux" && rest.os !== "") throw new EngineError("unsupported", `the image is for ${rest.os} and this engine runs linux images`);
  return { ...rest, os: "linux", dockerVersion, diffIds: rootfs.diff_ids };
}

const descriptor = object<Descriptor>({
  mediaType: string,
  digest,
  size: int64,
  platform: optional(object<{ architecture: string; os: string; variant?: string }>({ architecture: string, os: string, variant: optional(string) })),
  annotations: record(string),
});

const manifest = object<Manifest>({ mediaType: string, config: descriptor, layers: array(descriptor) });
const index = object<{ readonly manifests: readonly Descriptor[] }>({ manifests: array(descriptor) });
const savedImages = array(object<SavedImage>({ Config: string, RepoTags: array(string), Layers: array(string) }));
const typed = object<{ readonly mediaType: string; readonly manifests?: JsonValue; readonly layers?: JsonValue }>({
  mediaType: string,
  manifests: nullableValue(),
  layers: nullableValue(),
});

function nullableValue(): Decoder<JsonValue | undefined> {
  return (value) => value;
}

/** An index or a manifest, by what is in it: the media type may be missing. */
export function parseManifestOrIndex(content: Uint8Array): { readonly manifest: Manifest } | { readonly index: readonly Descriptor[] } {
  const fields = parse(content, "manifest", typed);
  if (fields.layers !== undefined && fields.manifests !== undefined) throw broken("manifest", "it is a manifest and an index at once");
  if (fields.manifests !== undefined) return { index: parse(content, "index", index).manifests };
  return { manifest: parse(content, "manifest", manifest) };
}

export function parseIndex(content: Uint8Array): readonly Descriptor[] {
  return parse(content, "index.json", index).manifests;
}

export function parseSavedImages(content: Uint8Array): readonly SavedImage[] {
  return parse(content, "manifest.json", savedImages);
}

function parse<T>(content: Uint8Array, what: string, decode: Decoder<T>): T {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw broken(what, "it is not UTF-8");
  }
  try {
    return decode(parseJson(text), "");
  } catch (error) {
    if (error instanceof EngineError && error.kind === "invalid-argument") throw broken(what, error.message);
    throw error;
  }
}

function broken(what: string, why: string): EngineError {
  return new EngineError("invalid-argument", `the ${what} of the image is invalid: ${why}`);
}

