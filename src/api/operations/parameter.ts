import { EngineError } from "../../base/index.ts";
import { object, parseJson, string, type Decoder } from "../decode/index.ts";
import type { Platform, Timestamp } from "../types/index.ts";
import type { ApiVersion } from "./version.ts";

/** One query parameter: read by the server from all values of its name, written by the client (no value: left out). */
export interface Parameter<T> {
  /** Older versions do not know it: it is read as if it were not there. */
  readonly since?: ApiVersion;
  /** @throws EngineError `invalid-argument` that names the parameter. */
  decode(values: readonly string[], name: string): T;
  encode(value: T): readonly string[];
}

/** The same parameter, known since a later version. */
export function since<T>(version: ApiVersion, parameter: Parameter<T>): Parameter<T> {
  return { ...parameter, since: version };
}

/** Docker's reading of a switch: everything is true but nothing, 0, no, false and none. */
export const flag: Parameter<boolean> = flagWithDefault(false);

/** A switch that is on unless it is given. */
export function flagWithDefault(absent: boolean): Parameter<boolean> {
  return {
    decode: (values) => {
      const value = values[0];
      return value === undefined ? absent : !["", "0", "no", "false", "none"].includes(value.trim().toLowerCase());
    },
    encode: (value) => (value === absent ? [] : [value ? "1" : "0"]),
  };
}

export const text: Parameter<string | undefined> = {
  decode: (values) => (values[0] === "" ? undefined : values[0]),
  encode: (value) => (value === undefined ? [] : [value]),
};

/** Repeated, as in `?names=a&names=b`. */
export const texts: Parameter<readonly string[]> = {
  decode: (values) => values.filter((value) => value !== ""),
  encode: (values) => values,
};

export function integer(least: number, most: number): Parameter<number | undefined> {
  return {
    decode: (values, name) => {
      const written = values[0];
      if (written === undefined || written === "") return undefined;
      const value = Number(written);
      if (!/^[+-]?\d{1,15}$/.test(written) || value < least || value > most) throw invalid(name, written, "want a whole number in range");
      return value;
    },
    encode: (value) => (value === undefined ? [] : [String(value)]),
  };
}

/** @throws EngineError on decoding where it is not given. */
export function required<T>(parameter: Parameter<T | undefined>): Parameter<T> {
  return {
    ...parameter,
    decode: (values, name) => {
      const value = parameter.decode(values, name);
      if (value === undefined) throw new EngineError("invalid-argument", `missing parameter ${name}`);
      return value;
    },
  };
}

export function choice<const Word extends string>(words: readonly Word[]): Parameter<Word | undefined> {
  return {
    decode: (values, name) => {
      const written = values[0];
      if (written === undefined || written === "") return undefined;
      const word = words.find((candidate) => candidate === written);
      if (word === undefined) throw invalid(name, written, `want one of ${words.join(", ")}`);
      return word;
    },
    encode: (value) => (value === undefined ? [] : [value]),
  };
}

/** "seconds" or "seconds.fraction" since the epoch; nothing and 0 are no time. */
export const timestamp: Parameter<Timestamp | undefined> = {
  decode: (values, name) => {
    const written = values[0];
    if (written === undefined || written === "" || written === "0") return undefined;
    const parts = /^(-?\d{1,11})(?:\.(\d{1,18}))?$/.exec(written);
    if (parts === null) throw invalid(name, written, "want seconds since the epoch, such as 1700000000.5");
    const [, whole = "", fraction = ""] = parts;
    const nanoseconds = BigInt(fraction.padEnd(9, "0").slice(0, 9));
    return BigInt(whole) * 1_000_000_000n + (whole.startsWith("-") ? -nanoseconds : nanoseconds);
  },
  encode: (value) => {
    if (value === undefined) return [];
    const size = value < 0n ? -value : value;
    return [`${value < 0n ? "-" : ""}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`];
  },
};

/** How many lines; as docker reads it, whatever is no number of lines is all of them. */
export const tail: Parameter<number | undefined> = {
  decode: ([written = ""]) => (/^\+?\d{1,15}$/.test(written) ? Number(written) : undefined),
  encode: (value) => (value === undefined ? [] : [String(value)]),
};

/** "os/architecture/variant". */
export const platformText: Parameter<Platform | undefined> = {
  decode: (values, name) => {
    const written = values[0];
    if (written === undefined || written === "") return undefined;
    const parts = /^([a-z0-9_.-]+)(?:\/([a-z0-9_.-]+))?(?:\/([a-z0-9_.-]+))?$/i.exec(written);
    if (parts === null) throw invalid(name, written, "want os/architecture, such as linux/amd64");
    const [, os = "", architecture = "", variant] = parts;
    return { os, architecture, ...(variant === undefined ? {} : { variant }) };
  },
  encode: (value) => (value === undefined ? [] : [[value.os, value.architecture, value.variant ?? ""].filter((part) => part !== "").join("/")]),
};

const decodePlatform: Decoder<Platform> = object<Platform>({
  os: string, architecture: string, variant: (value, path) => string(value, path) || undefined,
});

/** A platform as a JSON object (OCI image-spec, "platform"). */
export const platformJson: Parameter<Platform | undefined> = {
  decode: (values, name) => {
    const written = values[0];
    return written === undefined || written === "" ? undefined : parsePlatform(written, name);
  },
  encode: (value) => (value === undefined ? [] : [JSON.stringify(value)]),
};

export const platformsJson: Parameter<readonly Platform[]> = {
  decode: (values, name) => values.map((written) => parsePlatform(written, name)),
  encode: (values) => values.map((value) => JSON.stringify(value)),
};

function parsePlatform(written: string, name: string): Platform {
  const platform = decodePlatform(parseJson(written), name);
  if (platform.os === "" || platform.architecture === "") throw invalid(name, written, "os and architecture are required");
  return platform;
}

function invalid(name: string, written: string, reason: string): EngineError {
  return new EngineError("invalid-argument", `invalid value ${JSON.stringify(written.slice(0, 80))} for ${name}: ${reason}`);
}
