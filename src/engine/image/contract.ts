import type { Digest, ImageReference } from "../../base/index.ts";
import type { ContainerConfig } from "../../api/types/index.ts";

/** An image as the rest of the engine uses it. */
export interface Image {
  /** Digest of its configuration: docker's image id. */
  readonly id: Digest;
  /** Its configuration for containers, complete. */
  readonly config: ContainerConfig;
  /** What it consists of; undefined for an image without layers. */
  readonly chain: Digest | undefined;
  readonly os: string;
  readonly architecture: string;
  readonly manifest: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
}

/** What containers need of images. */
export interface Images {
  /**
   * Finds an image by name, name and digest, id, or a unique beginning of an id.
   * @throws EngineError `not-found`, "No such image: …"
   */
  resolve(reference: string): Image;
  /** @returns undefined when it was removed */
  get(id: Digest): Image | undefined;
  /** Its names as docker shows them, sorted. */
  names(id: Digest): readonly string[];
  /** Makes an image of another one and a layer, and names it; `name` is how docker shows it, empty for none. */
  commit(request: NamedCommit): Promise<{ readonly id: Digest; readonly name: string }>;
  /** Keeps an image's content while something is made of it that no record tells of yet. */
  hold(id: Digest): Disposable;
  /** Removes layers that neither an image nor a container needs: after a container is gone whose image was. */
  collect(): Promise<void>;
}

export interface CommitRequest {
  /** The image that it stands on. */
  readonly base: Digest;
  /** Of the new image, complete. */
  readonly config: ContainerConfig;
  readonly comment: string;
  readonly author: string;
  /** For the history. */
  readonly createdBy: string;
  /** The archive of the new layer; one without entries makes no layer. */
  readonly layer: AsyncIterable<Uint8Array>;
}

export interface NamedCommit extends CommitRequest {
  readonly repository?: string;
  readonly tag?: string;
}

/** A container that stands on an image. */
export interface ImageUser {
  readonly containerId: string;
  readonly running: boolean;
}

/** What images need of the rest of the engine. Which layers containers stand on is asked of the snapshotter. */
export interface ImageSurroundings {
  readonly usersOf: (id: Digest) => readonly ImageUser[];
  readonly emit: (action: string, id: string, attributes: Readonly<Record<string, string>>) => void;
}

/** The full spelling of a name with its tag, under which it is kept. */
export function canonicalName(reference: ImageReference): string {
  const tag = reference.digest === undefined ? `:${reference.tag ?? "latest"}` : `@${reference.digest}`;
  return `${reference.domain}/${reference.path}${tag}`;
}
