/** Engine API v1.50, "Volume". */
export interface Volume {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  /** RFC 3339. */
  readonly CreatedAt?: string;
  readonly Status?: Readonly<Record<string, unknown>>;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Scope: "local" | "global";
  readonly Options: Readonly<Record<string, string>> | null;
  /** Only in the reply of `GET /system/df`; -1: not known. */
  readonly UsageData?: { readonly Size: number; readonly RefCount: number };
}

export interface VolumeListReply {
  readonly Volumes: readonly Volume[] | null;
  readonly Warnings: readonly string[] | null;
}

/** Body of `POST /volumes/create`, every field there; an empty name asks for a random one. */
export interface VolumeCreateBody {
  readonly Name: string;
  readonly Driver: string;
  readonly DriverOpts: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Asks for a volume of a swarm's cluster. */
  readonly ClusterVolumeSpec?: ClusterVolumeSpec;
}

/** Of a volume that a swarm shares between its nodes. */
export interface ClusterVolumeSpec {
  readonly Group: string;
  readonly AccessMode: { readonly Scope: string; readonly Sharing: string; readonly MountVolume?: object; readonly BlockVolume?: object };
  readonly Secrets: readonly { readonly Key: string; readonly Secret: string }[];
  readonly AccessibilityRequirements: { readonly Requisite: readonly TopologySegments[]; readonly Preferred: readonly TopologySegments[] };
  /** In bytes; 0: no limit. */
  readonly CapacityRange: { readonly RequiredBytes: number; readonly LimitBytes: number };
  readonly Availability: string;
}

/** Body of `POST /volumes/{name}/clone`, which is wharf's own; an empty name asks for a random one. */
export interface VolumeCloneBody {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface TopologySegments {
  readonly Segments: Readonly<Record<string, string>>;
}

export interface VolumePruneReply {
  readonly VolumesDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}
