export { Records } from "./records.ts";
export type { RecordDecoder, RecordTable } from "./records.ts";
