export type { VolumeEventSink, VolumeRequest, Volumes, VolumeUse } from "./contract.ts";
export { mountSubpath } from "./subpath.ts";
export { VolumeService } from "./volume-service.ts";
export type { VolumeServiceOptions } from "./volume-service.ts";
