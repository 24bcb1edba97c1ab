export type { VolumeEventSink, VolumeRequest, Volumes, VolumeUse } from "./contract.ts";
