import { EngineError, parseDuration } from "../../../base/index.ts";

const forms = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * The moment that `--since` and `--until` name, in nanoseconds since the epoch: seconds with or without a fraction, a
 * duration back from now, or a date in this machine's zone or its own.
 * @throws EngineError `invalid-argument`.
 */
export function timestampOf(text: string, flag = "", now = Date.now()): bigint | undefined {
  if (text === "") return undefined;
  const plain = /^(-?\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (plain !== null) return BigInt(plain[1] ?? "0") * 1_000_000_000n + BigInt((plain[2] ?? "").padEnd(9, "0"));
  const date = forms.exec(text);
  if (date !== null) return dateNanoseconds(date, text, flag);
  try {
    return BigInt(now) * 1_000_000n - parseDuration(text);
  } catch (error) {
    throw invalid(text, flag, error);
  }
}

function dateNanoseconds(parts: RegExpExecArray, text: string, flag: string): bigint {
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", fraction = "", zone = ""] = parts;
  const milliseconds = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`).getTime();
  if (Number.isNaN(milliseconds)) throw invalid(text, flag);
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function invalid(text: string, flag: string, cause?: unknown): EngineError {
  return new EngineError("invalid-argument", `${flag === "" ? "" : `invalid value for "${flag}": `}failed to parse value as time or duration: ${JSON.stringify(text)}`, cause === undefined ? {} : { cause });
}
