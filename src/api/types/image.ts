import type { ContainerConfig } from "./container-config.ts";
import type { GraphDriver } from "./graph-driver.ts";

/** Reply of `GET /images/{name}/json`, in the shape of v1.50; older shapes are made by the server. */
export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  /** Absent where images have no parents (all that were not made by the classic builder). */
  readonly Parent?: string;
  readonly Comment: string;
  /** RFC 3339; absent where the image does not say. */
  readonly Created?: string;
  readonly DockerVersion?: string;
  readonly Author: string;
  readonly Config: ImageConfig;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly OsVersion?: string;
  readonly Size: number;
  readonly GraphDriver: GraphDriver;
  readonly RootFS: { readonly Type: string; readonly Layers?: readonly string[] };
  readonly Metadata: { readonly LastTagTime: string };
  readonly Descriptor?: ImageDescriptor;
  readonly Manifests?: readonly ImageManifestSummary[];
}

/** Configuration that containers of an image start from; what an image does not say is absent. */
export type ImageConfig = Partial<ContainerConfig>;

/** OCI image-spec, "Content Descriptors". */
export interface ImageDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: ImagePlatform;
  readonly artifactType?: string;
}

export interface ImagePlatform {
  readonly architecture: string;
  readonly os: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
  readonly variant?: string;
}

export interface ImageManifestSummary {
  readonly ID: string;
  readonly Descriptor: ImageDescriptor;
  readonly Available: boolean;
  readonly Size: { readonly Content: number; readonly Total: number };
  readonly Kind: "image" | "attestation" | "unknown";
  readonly ImageData?: {
    readonly Platform: ImagePlatform;
    readonly Containers: readonly string[];
    readonly Size: { readonly Unpacked: number };
  };
  readonly AttestationData?: { readonly For: string };
}

/** One row of `GET /images/json`. */
export interface ImageSummary {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  /** Seconds since the epoch. */
  readonly Created: number;
  readonly Size: number;
  /** -1: not counted. */
  readonly SharedSize: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Number of containers, -1: not counted. */
  readonly Containers: number;
  readonly Manifests?: readonly ImageManifestSummary[];
  readonly Descriptor?: ImageDescriptor;
}

/** One row of `GET /images/{name}/history`, newest first. */
export interface ImageHistoryItem {
  /** "<missing>" where no image is known for the layer. */
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Tags: readonly string[] | null;
  readonly Size: number;
  readonly Comment: string;
}

/** One row of the reply of `DELETE /images/{name}`. */
export type ImageDeleteItem = { readonly Untagged: string } | { readonly Deleted: string };

export interface ImagePruneReply {
  readonly ImagesDeleted: readonly ImageDeleteItem[] | null;
  readonly SpaceReclaimed: number;
}
