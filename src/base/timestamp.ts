/** A moment, in nanoseconds since the epoch. */
export type Nanoseconds = bigint;

/** "Never" in docker's JSON: Go's zero time. */
export const never = "0001-01-01T00:00:00Z";

const perMillisecond = 1_000_000n;

/** The wall clock. Later calls never give an earlier or the same moment, unless the clock was set back. */
export function makeClock(milliseconds: () => number = Date.now): () => Nanoseconds {
  let last = 0n;
  return () => {
    const now = BigInt(milliseconds()) * perMillisecond;
    // Within one millisecond moments are told apart by counting on.
    last = now > last || last - now > perMillisecond ? now : last + 1n;
    return last;
  };
}

/** RFC 3339 with as many digits of the second as are needed, as Go writes it. */
export function formatTimestamp(moment: Nanoseconds): string {
  const seconds = moment / 1_000_000_000n;
  const rest = moment % 1_000_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const fraction = rest === 0n ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
  return `${whole}${fraction}Z`;
}

/** Orders two moments to the nanosecond. Their texts alone have no order, since zeros at the end are left out. */
export function compareTimestamps(a: string, b: string): number {
  if (a === b) return 0;
  const [first, second] = a.length === b.length ? [a, b] : [withAllDigits(a), withAllDigits(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}

function withAllDigits(timestamp: string): string {
  return timestamp.replace(/(?:\.(\d+))?Z$/, (_, fraction: string | undefined) => `.${(fraction ?? "").padEnd(9, "0")}`);
}

/** Milliseconds since the epoch; NaN for what is no time. "Never" is long before the epoch. */
export function millisecondsOf(timestamp: string): number {
  // Date knows three digits of the second.
  return Date.parse(timestamp.replace(/(\.\d{3})\d+/, "$1"));
}
