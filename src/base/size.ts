import { EngineError } from "./engine-error.ts";

const powers = "bkmgtp";
const decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/**
 * Bytes of a memory size as docker's flags take it: `512`, `64k`, `1.5g`, `10MB`, `1GiB`; every unit counts in 1024s.
 * @throws EngineError `invalid-argument`; also where the size is past what a file offset can hold exactly.
 */
export function parseMemorySize(text: string): number {
  return parseSize(text, 1024);
}

/** As {@link parseMemorySize}, but every unit counts in 1000s, as docker reads the sizes of files. */
export function parseDecimalSize(text: string): number {
  return parseSize(text, 1000);
}

function parseSize(text: string, base: number): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+) ?(?:([bkmgtp])(?:i?b)?)?$/i.exec(text);
  const bytes = match === null ? Number.NaN : Number(match[1]) * base ** powers.indexOf((match[2] ?? "b").toLowerCase());
  if (!Number.isFinite(bytes) || bytes > Number.MAX_SAFE_INTEGER) {
    throw new EngineError("invalid-argument", `invalid size: '${text}'`, {
      hint: "write a number with an optional unit of b, k, m, g, t or p, such as 512m",
    });
  }
  return Math.trunc(bytes);
}

/** A size for people in 1000s, by default with three significant digits, as docker lists images: `4.27MB`, `0B`. */
export function formatDecimalSize(bytes: number, digits = 3): string {
  return scaled(bytes, 1000, decimalUnits, digits);
}

/** A size for people in 1024s with four significant digits, as docker shows memory: `1.5GiB`. */
export function formatBinarySize(bytes: number): string {
  return scaled(bytes, 1024, binaryUnits, 4);
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`;
}
