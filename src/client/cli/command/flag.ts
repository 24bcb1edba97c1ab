import { EngineError, parseDuration, parseMemorySize } from "../../../base/index.ts";
import { parseCsv } from "./csv.ts";

/** What a flag's value is after parsing. Lists gather every use of the flag. */
export type FlagValue = boolean | string | number | bigint | readonly string[];

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** The word for its value in help texts; empty for a switch. */
  readonly type: string;
  readonly about: string;
  /** In help texts, behind the description. */
  readonly shownDefault?: string;
  readonly absent: FlagValue;
  /** Its value when it stands alone, as in `--rm`. */
  readonly alone?: string;
  /** Known, and left out of help texts. */
  readonly isHidden?: boolean;
  /** What the engine has to be for it; see flag-support.ts. */
  readonly needs?: FlagNeeds;
  /** The flag that took its place: using this one is told. */
  readonly replacedBy?: string;
  /** @throws EngineError with the reason that docker gives. */
  readonly read: (text: string, before: FlagValue) => FlagValue;
}

/** What an engine has to be for a flag to mean something. */
export interface FlagNeeds {
  /** Minor number of the API version that brought it. */
  readonly api?: number;
  /** The one operating system that it is for. */
  readonly os?: "windows";
  readonly isExperimental?: boolean;
}

export interface FlagOptions {
  readonly short?: string;
  readonly type?: string;
  readonly shownDefault?: string;
  readonly isHidden?: boolean;
  readonly needs?: FlagNeeds;
  readonly replacedBy?: string;
}

const trueWords: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseWords: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

export function switchFlag(name: string, about: string, options: FlagOptions & { readonly isOn?: boolean } = {}): Flag {
  const { isOn = false, ...rest } = options;
  return { name, about, type: "", absent: isOn, alone: "true", ...(isOn ? { shownDefault: "true" } : {}), ...rest, read: readSwitch };
}

export function textFlag(name: string, about: string, options: FlagOptions & { readonly absent?: string } = {}): Flag {
  const { absent = "", ...rest } = options;
  return { name, about, type: "string", absent, ...(absent === "" ? {} : { shownDefault: JSON.stringify(absent) }), ...rest, read: (text) => text };
}

/** May be given again and again. `check` sees each value and may change it. */
export function listFlag(name: string, about: string, options: FlagOptions & { readonly check?: (text: string) => string } = {}): Flag {
  const { check, ...rest } = options;
  return {
    name, about, type: "list", absent: [], ...rest,
    read: (text, before) => [...(Array.isArray(before) ? before as readonly string[] : []), check === undefined ? text : check(text)],
  };
}

/** Like a list, and each use may hold several values with commas between them. */
export function stringsFlag(name: string, about: string, options: FlagOptions = {}): Flag {
  return {
    name, about, type: "strings", absent: [], ...options,
    read: (text, before) => [...(Array.isArray(before) ? before as readonly string[] : []), ...(text === "" ? [] : parseCsv(text))],
  };
}

export function integerFlag(name: string, about: string, options: FlagOptions & { readonly absent?: number; readonly least?: number; readonly most?: number } = {}): Flag {
  const { absent = 0, least = -(2 ** 53), most = 2 ** 53, ...rest } = options;
  const isUnsigned = least >= 0;
  return {
    name, about, type: "int", absent, ...(absent === 0 ? {} : { shownDefault: String(absent) }), ...rest,
    read: (text) => readInteger(text, { function: isUnsigned ? "ParseUint" : "ParseInt", least, most }),
  };
}

export function bytesFlag(name: string, about: string, options: FlagOptions & { readonly allowsUnlimited?: boolean } = {}): Flag {
  const { allowsUnlimited = false, ...rest } = options;
  return { name, about, type: "bytes", absent: 0, ...rest, read: (text) => (allowsUnlimited && text === "-1" ? -1 : parseMemorySize(text)) };
}

export function durationFlag(name: string, about: string, options: FlagOptions = {}): Flag {
  return { name, about, type: "duration", absent: 0n, shownDefault: "0s", ...options, read: readDuration };
}

function readSwitch(text: string): boolean {
  if (trueWords.has(text)) return true;
  if (falseWords.has(text)) return false;
  throw new EngineError("invalid-argument", `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function readInteger(text: string, limits: { readonly function: string; readonly least: number; readonly most: number }): number {
  const digits = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[0-9]+)$/.test(text) && !(limits.least >= 0 && /^[+-]/.test(text));
  const value = digits ? Number(text.replace(/^\+/, "").replace(/^(-?)0([0-7]+)$/, "$10o$2").replace(/^-(0[xXbBoO].*)$/, "$1")) : Number.NaN;
  const signed = /^-0[xXbBoO0-7]/.test(text) ? -Math.abs(value) : value;
  if (Number.isNaN(signed)) throw new EngineError("invalid-argument", `strconv.${limits.function}: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (signed < limits.least || signed > limits.most) {
    throw new EngineError("invalid-argument", `strconv.${limits.function}: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return signed;
}

function readDuration(text: string): bigint {
  try {
    return parseDuration(text);
  } catch (error) {
    const reason = /^[+-]?\d+$/.test(text) ? `time: missing unit in duration ${JSON.stringify(text)}` : `time: invalid duration ${JSON.stringify(text)}`;
    throw new EngineError("invalid-argument", reason, { cause: error });
  }
}
