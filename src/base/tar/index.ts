export { ByteBatch } from "./byte-batch.ts";
export { damaged } from "./header.ts";
export { readTar } from "./reader.ts";
export type { TarEntry, TarType } from "./reader.ts";
export type { Extent } from "./sparse.ts";
export { encodeMember, tarEnd, tarPadding } from "./writer.ts";
export type { TarMember } from "./writer.ts";
export { placedData } from "./placed-data.ts";
export type { PlacedData } from "./placed-data.ts";
