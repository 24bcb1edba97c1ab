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
}

export interface VolumePruneReply {
  readonly VolumesDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}
