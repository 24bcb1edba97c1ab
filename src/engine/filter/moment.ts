import { EngineError, parseDuration } from "../../base/index.ts";

/**
 * Milliseconds since the epoch of a moment as docker's filters take it: seconds since the epoch, a date, a date with a
 * time, or how long ago.
 * @throws EngineError `invalid-argument`
 */
export function parseMoment(text: string, now: number): number {
  if (/^\d{1,11}(?:\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const hasZone = /(?:Z|[+-]\d{2}:\d{2})$/.test(text);
    const moment = Date.parse(hasZone || text.includes("T") ? text : `${text}T00:00:00`);
    if (!Number.isNaN(moment)) return moment;
  }
  try {
    return now - Number(parseDuration(text) / 1_000_000n);
  } catch (error) {
    throw new EngineError("invalid-argument", `invalid time ${JSON.stringify(text.slice(0, 80))}`, {
      hint: "write seconds since the epoch, a date such as 2026-01-31T10:00:00Z, or how long ago, such as 24h",
      cause: error,
    });
  }
}
