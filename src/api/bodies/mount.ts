import { array, boolean, int64, object, oneOf, optional, record, string, uint32, type Decoder } from "../decode/index.ts";
import type { BindOptions, ImageOptions, Mount, MountDriver, TmpfsOptions, VolumeOptions } from "../types/index.ts";

const text: Decoder<string | undefined> = (value, path) => string(value, path) || undefined;
const flag: Decoder<boolean | undefined> = (value, path) => boolean(value, path) || undefined;
const stringMap = record(string);

const bindOptions = object<BindOptions>({
  Propagation: text,
  NonRecursive: flag,
  CreateMountpoint: flag,
  ReadOnlyNonRecursive: flag,
  ReadOnlyForceRecursive: flag,
});

const volumeOptions = object<VolumeOptions>({
  NoCopy: flag,
  Labels: optional(stringMap),
  Subpath: text,
  DriverConfig: optional(object<MountDriver>({ Name: text, Options: optional(stringMap) })),
});

const tmpfsOptions = object<TmpfsOptions>({
  SizeBytes: optional(int64),
  Mode: optional(uint32),
  Options: optional(array(array(string))),
});

export const mount: Decoder<Mount> = object<Mount>({
  Type: oneOf(["bind", "volume", "tmpfs", "npipe", "cluster", "image"]),
  Source: text,
  Target: text,
  ReadOnly: flag,
  Consistency: text,
  BindOptions: optional(bindOptions),
  VolumeOptions: optional(volumeOptions),
  ImageOptions: optional(object<ImageOptions>({ Subpath: text })),
  TmpfsOptions: optional(tmpfsOptions),
});
