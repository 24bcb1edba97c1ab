import { readFileSync } from "node:fs";

/** What an interface has counted since it was made. */
export interface InterfaceCounts {
  readonly name: string;
  readonly received: TrafficCounts;
  readonly sent: TrafficCounts;
}

export interface TrafficCounts {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

/** Counts of the interfaces in a process's network namespace. A process that is gone has none. */
export function readInterfaceCounts(pid: number): readonly InterfaceCounts[] {
  try {
    return parseInterfaceCounts(readFileSync(`/proc/${pid}/net/dev`, "latin1"));
  } catch (error) {
    // EINVAL: it is a zombie and has left its namespace.
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH", "EINVAL"].includes(String(error.code))) return [];
    throw error;
  }
}

/** @param table content of /proc/net/dev: two lines of headings, then eight counts received and eight sent a line */
export function parseInterfaceCounts(table: string): readonly InterfaceCounts[] {
  return table.split("\n").slice(2).flatMap((line) => {
    const [, name, counts] = /^\s*(.+):\s*(\d.*)$/.exec(line) ?? [];
    if (name === undefined || counts === undefined) return [];
    const numbers = counts.trim().split(/\s+/).map(Number);
    return [{ name, received: traffic(numbers.slice(0, 8)), sent: traffic(numbers.slice(8)) }];
  });
}

function traffic([bytes = 0, packets = 0, errors = 0, dropped = 0]: readonly number[]): TrafficCounts {
  return { bytes, packets, errors, dropped };
}
