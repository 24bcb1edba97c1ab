export { BlobStore, emptyAside } from "./blob-store.ts";
export type { Blob, IngestOptions } from "./blob-store.ts";
