import { EngineError, parseDecimalSize } from "../../base/index.ts";
import type { LogLimits } from "./contract.ts";
import { switchOf, unusable } from "./log-option.ts";

type Options = Readonly<Record<string, string>>;

/** Where nothing is said: a hundred megabytes for each container, so that no log fills a disk. */
const defaults: LogLimits = { maxSize: 20_000_000, maxFiles: 5, compress: true };

export const limitOptions: readonly string[] = ["max-size", "max-file", "compress"];

/**
 * The limits of json-file: whoever says how large a piece may become gets one piece of plain text, as docker has it, unless
 * they say otherwise.
 * @throws EngineError `invalid-argument`, docker's texts
 */
export function plainLimits(options: Options): LogLimits {
  if (!limitOptions.some((name) => options[name] !== undefined)) return defaults;
  const maxSize = sizeOf(options["max-size"]);
  const maxFiles = countOf(options["max-file"], 1);
  const compress = switchOf(options.compress, false);
  if (compress && (maxFiles < 2 || maxSize === undefined)) throw unusable("compress cannot be true when max-file is less than 2 or max-size is not set");
  return { maxSize: maxSize ?? defaults.maxSize, maxFiles, compress };
}

/** The limits of local, also of what is kept beside a driver that keeps nothing itself (`cache-max-size` and so on). */
export function packedLimits(options: Options, prefix = ""): LogLimits {
  const maxSize = sizeOf(options[`${prefix}max-size`]) ?? defaults.maxSize;
  const maxFiles = countOf(options[`${prefix}max-file`], defaults.maxFiles);
  const compress = switchOf(options[`${prefix}compress`], true);
  if (compress && maxFiles < 2) throw unusable("compression cannot be enabled when max file count is 1");
  return { maxSize, maxFiles, compress };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = Math.trunc(attempt(() => parseDecimalSize(text)));
  if (size <= 0) throw unusable("max-size must be a positive number");
  return size;
}

const mostFiles = 100_000;

function countOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[+-]?\d+$/.test(text)) throw unusable(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const count = Number(text);
  if (count < 1) throw unusable("max-file cannot be less than 1");
  return Math.min(count, mostFiles);
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof EngineError ? unusable(error.message) : error;
  }
}
