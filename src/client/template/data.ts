import { isList, NilMap, type Value } from "./value.ts";

/**
 * Makes a template's data from parsed JSON: an object below one of the names in `maps` is a Go map (it prints as
 * `map[k:v]` and lacks no key), any other a struct. A name may stand with that above it, as in `LogConfig.Config`.
 */
export function templateData(json: unknown, maps: ReadonlySet<string>): Value {
  return convert(json, { maps, isMap: false, name: "" });
}

function convert(json: unknown, place: { readonly maps: ReadonlySet<string>; readonly isMap: boolean; readonly name: string }): Value {
  const { maps, isMap, name } = place;
  if (isList(json)) return json.map((item) => convert(item, { maps, isMap: false, name: "" }));
  if (typeof json !== "object" || json === null) return json === null && isMap ? new NilMap() : json;
  const entries = Object.entries(json).map(([key, item]): [string, Value] => [
    key, convert(item, { maps, isMap: !isMap && (maps.has(key) || maps.has(`${name}.${key}`)), name: key }),
  ]);
  return isMap ? new Map(entries) : Object.fromEntries(entries);
}
