export { parseJson } from "./json.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export {
  array, boolean, int64, integer, isArray, isObject, mismatch, nullable, object, oneOf, optional, record, string, uint16, uint32, uint64,
} from "./decoder.ts";
export type { Decoder, Fields } from "./decoder.ts";
