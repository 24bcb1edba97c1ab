import { EngineError } from "./engine-error.ts";

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n,
  "μs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const longest = (1n << 63n) - 1n;

/**
 * Nanoseconds of a duration as Go writes it and docker's flags take it: `1m30s`, `1.5h`, `250ms`, `-2s`, `0`.
 * @throws EngineError `invalid-argument` for a missing unit, an unknown unit, or what 64 bits cannot hold.
 */
export function parseDuration(text: string): bigint {
  const sign = /^[+-]/.test(text) ? text.charAt(0) : "";
  const body = text.slice(sign.length);
  if (body === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) throw invalid(text);
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > longest) throw invalid(text);
  return sign === "-" ? -total : total;
}

function invalid(text: string): EngineError {
  return new EngineError("invalid-argument", `invalid duration ${JSON.stringify(text.slice(0, 80))}`, {
    hint: "write numbers with units, such as 300ms, 1.5h or 1m30s",
  });
}
