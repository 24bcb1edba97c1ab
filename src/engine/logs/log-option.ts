import { EngineError } from "../../base/index.ts";

/** An option that is on or off, in Go's spellings. @throws EngineError `invalid-argument`, docker's text */
export function switchOf(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw unusable(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A log that cannot be kept as it was asked for. docker tells it at the start; here nothing is made before what can be told is. */
export function unusable(why: string): EngineError {
  return new EngineError("invalid-argument", `failed to create task for container: failed to initialize logging driver: ${why}`);
}
