/** One entry of HostConfig.Mounts, as `--mount` makes it (Engine API v1.50, "Mount"). */
export interface Mount {
  readonly Type?: MountType;
  readonly Source?: string;
  readonly Target?: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: BindOptions;
  readonly VolumeOptions?: VolumeOptions;
  readonly ImageOptions?: ImageOptions;
  readonly TmpfsOptions?: TmpfsOptions;
}

export type MountType = "bind" | "volume" | "tmpfs" | "npipe" | "cluster" | "image";

export interface BindOptions {
  readonly Propagation?: string;
  readonly NonRecursive?: boolean;
  readonly CreateMountpoint?: boolean;
  readonly ReadOnlyNonRecursive?: boolean;
  readonly ReadOnlyForceRecursive?: boolean;
}

export interface VolumeOptions {
  readonly NoCopy?: boolean;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Subpath?: string;
  readonly DriverConfig?: MountDriver;
}

export interface MountDriver {
  readonly Name?: string;
  readonly Options?: Readonly<Record<string, string>>;
}

export interface ImageOptions {
  readonly Subpath?: string;
}

export interface TmpfsOptions {
  readonly SizeBytes?: number;
  /** Permission bits. */
  readonly Mode?: number;
  readonly Options?: readonly (readonly string[])[];
}

/** A mount as `inspect` and `list` show it (Engine API v1.50, "MountPoint"). */
export interface MountPoint {
  readonly Type?: MountType;
  /** The volume's name. */
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}
