import { listFlag, type FlagValues } from "../command/index.ts";

export const labelFlag = listFlag("label", "Set metadata for a volume");

export function labelsOf(flags: FlagValues): Readonly<Record<string, string>> {
  return mapOf(flags.list("label"));
}

/** "a=b" and "a", which is "a=". */
export function mapOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  }));
}
