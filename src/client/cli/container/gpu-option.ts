import type { DeviceRequest } from "../../../api/types/index.ts";
import { EngineError } from "../../../base/index.ts";
import { parseCsv } from "../command/index.ts";

export function checkGpus(text: string): string {
  parseGpus(text);
  return text;
}

/** `all`, a number, or `count=…,driver=…,device=…,capabilities=…,options=…` of `--gpus`. @throws EngineError in docker's words. */
export function parseGpus(text: string): DeviceRequest {
  const seen = new Set<string>();
  let request: DeviceRequest = { Driver: "", Count: 0, DeviceIDs: null, Capabilities: null, Options: null };
  let capabilities: readonly string[] = ["gpu"];
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    const key = equals < 0 ? "count" : field.slice(0, equals);
    const value = field.slice(equals + 1);
    if (seen.has(key)) throw wrong(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    switch (key) {
      case "count": request = { ...request, Count: count(value) }; break;
      case "driver": request = { ...request, Driver: value }; break;
      case "device": request = { ...request, DeviceIDs: value.split(",") }; break;
      case "capabilities": capabilities = ["gpu", ...value.split(",")]; break;
      case "options": request = { ...request, Options: options(value) }; break;
      default: throw wrong(`unexpected key '${key}' in '${field}'`);
    }
  }
  const isCounted = seen.has("count") || request.DeviceIDs !== null;
  return { ...request, Count: isCounted ? request.Count : 1, Capabilities: [[...new Set(capabilities)]] };
}

function count(value: string): number {
  if (value === "all") return -1;
  if (!/^[+-]?\d{1,9}$/.test(value)) throw wrong(`invalid count (${value}): value must be either "all" or an integer: invalid syntax`);
  return Number(value);
}

function options(value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(parseCsv(value).map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  }));
}

function wrong(message: string): EngineError {
  return new EngineError("invalid-argument", message);
}
