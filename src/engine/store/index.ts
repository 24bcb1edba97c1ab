export { BlobStore, emptyAside } from "./blob/index.ts";
export type { Blob, IngestOptions } from "./blob/index.ts";
export { Records } from "./record/index.ts";
export type { RecordDecoder, RecordTable } from "./record/index.ts";
export { openOverlaySnapshotter } from "./snapshot/index.ts";
export type { LayerChange, LayerInfo, LayerSource, Snapshotter } from "./snapshot/index.ts";
