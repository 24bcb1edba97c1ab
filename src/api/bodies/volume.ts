import { array, int64, nullable, object, optional, record, string, type Decoder } from "../decode/index.ts";
import type { ClusterVolumeSpec, TopologySegments, VolumeCloneBody, VolumeCreateBody } from "../types/index.ts";

const segments = array(object<TopologySegments>({ Segments: record(string) }));
const nothing = optional(object<object>({}));

const clusterVolumeSpec: Decoder<ClusterVolumeSpec> = object<ClusterVolumeSpec>({
  Group: string,
  AccessMode: object<ClusterVolumeSpec["AccessMode"]>({ Scope: string, Sharing: string, MountVolume: nothing, BlockVolume: nothing }),
  Secrets: array(object<ClusterVolumeSpec["Secrets"][number]>({ Key: string, Secret: string })),
  AccessibilityRequirements: object<ClusterVolumeSpec["AccessibilityRequirements"]>({ Requisite: segments, Preferred: segments }),
  CapacityRange: object<ClusterVolumeSpec["CapacityRange"]>({ RequiredBytes: int64, LimitBytes: int64 }),
  Availability: string,
});

export const volumeCreateBody: Decoder<VolumeCreateBody> = object<VolumeCreateBody>({
  Name: string,
  Driver: string,
  DriverOpts: nullable(record(string)),
  Labels: nullable(record(string)),
  ClusterVolumeSpec: optional(clusterVolumeSpec),
});

export const volumeCloneBody: Decoder<VolumeCloneBody> = object<VolumeCloneBody>({ Name: string, Labels: nullable(record(string)) });
