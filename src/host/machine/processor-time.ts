import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

export interface ProcessorTime {
  /** Nanoseconds since boot, idle ones as well, of all processors together. */
  readonly total: number;
  readonly processors: number;
}

/** Reads the machine's clock of processor time (proc(5), /proc/stat). */
export function readProcessorTime(): ProcessorTime {
  return parseProcessorTime(readFileSync("/proc/stat", "latin1"));
}

/** @param stat content of /proc/stat. Guests' time is not added: it is in that of user and nice already. */
export function parseProcessorTime(stat: string): ProcessorTime {
  const [, ...fields] = stat.slice(0, stat.indexOf("\n")).split(/\s+/);
  const ticks = fields.slice(0, 7).reduce((sum, field) => sum + Number(field), 0);
  return { total: (ticks * 1e9) / ticksPerSecond, processors: stat.match(/^cpu\d/gm)?.length ?? 0 };
}
