import { EngineError } from "../../base/index.ts";
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

const types = ["bind", "volume", "tmpfs", "npipe", "cluster", "image"] as const;

/** Docker refuses a type in words of its own, and not as a fault of the JSON. */
const type: Decoder<(typeof types)[number] | undefined> = (value, path) => {
  const written = string(value, path);
  if (written !== "" && !types.some((known) => known === written)) {
    throw new EngineError("invalid-argument", `invalid mount config for type ${JSON.stringify(written.slice(0, 80))}: mount type unknown`);
  }
  return oneOf(types)(value, path);
};

export const mount: Decoder<Mount> = object<Mount>({
  Type: type,
  Source: text,
  Target: text,
  ReadOnly: flag,
  Consistency: text,
  BindOptions: optional(bindOptions),
  VolumeOptions: optional(volumeOptions),
  ImageOptions: optional(object<ImageOptions>({ Subpath: text })),
  TmpfsOptions: optional(tmpfsOptions),
});
