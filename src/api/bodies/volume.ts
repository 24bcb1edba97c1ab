import { nullable, object, record, string, type Decoder } from "../decode/index.ts";
import type { VolumeCreateBody } from "../types/index.ts";

export const volumeCreateBody: Decoder<VolumeCreateBody> = object<VolumeCreateBody>({
  Name: string,
  Driver: string,
  DriverOpts: nullable(record(string)),
  Labels: nullable(record(string)),
});
