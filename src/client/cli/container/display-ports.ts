import type { Port } from "../../../api/types/index.ts";

interface Run {
  readonly key: string;
  readonly first: number;
  last: number;
}

/** Ports as `ps` shows them: `0.0.0.0:8080-8081->80-81/tcp, 443/tcp`; neighbours are drawn together where both sides go on. */
export function displayPorts(ports: readonly Port[]): string {
  const sorted = [...ports].sort(byPort);
  const groups = new Map<string, Run>();
  const single: string[] = [];
  const ranges: string[] = [];
  for (const port of sorted) {
    const isMapped = port.PublicPort !== undefined && port.PublicPort !== 0;
    if (isMapped && port.PublicPort !== port.PrivatePort) {
      single.push(`${address(port.IP ?? "")}:${port.PublicPort}->${port.PrivatePort}/${port.Type}`);
      continue;
    }
    const key = `${isMapped ? port.IP ?? "" : ""}/${port.Type}`;
    const run = groups.get(key);
    if (run !== undefined && run.last + 1 === port.PrivatePort) {
      run.last = port.PrivatePort;
      continue;
    }
    if (run !== undefined && run.last === port.PrivatePort) continue;
    if (run !== undefined) ranges.push(rangeText(run));
    groups.set(key, { key, first: port.PrivatePort, last: port.PrivatePort });
  }
  const rest = [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(rangeText);
  return [...ranges, ...rest, ...single].join(", ");
}

function byPort(a: Port, b: Port): number {
  return a.PrivatePort - b.PrivatePort || compare(a.IP ?? "", b.IP ?? "") || (a.PublicPort ?? 0) - (b.PublicPort ?? 0) || compare(a.Type, b.Type);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function address(ip: string): string {
  return ip.includes(":") ? `[${ip}]` : ip;
}

function rangeText({ key, first, last }: Run): string {
  const slash = key.lastIndexOf("/");
  const ip = key.slice(0, slash);
  const group = first === last ? String(first) : `${first}-${last}`;
  return ip === "" ? `${group}${key.slice(slash)}` : `${address(ip)}:${group}->${group}${key.slice(slash)}`;
}
