import { readFileSync, readlinkSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";

/** A listening socket that systemd handed over (sd_listen_fds(3)). */
export interface ActivatedSocket {
  readonly descriptor: number;
  readonly name: string;
}

export interface ActivationEnvironment {
  readonly LISTEN_PID?: string | undefined;
  readonly LISTEN_FDS?: string | undefined;
  readonly LISTEN_FDNAMES?: string | undefined;
}

const firstDescriptor = 3;

/** The sockets meant for this process; none when they are another's, or there are none. */
export function activatedSockets(environment: ActivationEnvironment, pid: number): readonly ActivatedSocket[] {
  if (environment.LISTEN_PID !== String(pid)) return [];
  const count = Number(environment.LISTEN_FDS);
  if (!Number.isInteger(count) || count < 0 || count > 1024) throw new EngineError("invalid-argument", `LISTEN_FDS is ${JSON.stringify(environment.LISTEN_FDS)}, no number of sockets`);
  const names = environment.LISTEN_FDNAMES?.split(":") ?? [];
  return Array.from({ length: count }, (_, index) => ({ descriptor: firstDescriptor + index, name: names[index] ?? "unknown" }));
}

/** The sockets that `fd://` with this text means: all for "", else by number or name. @throws EngineError when there is none */
export function selectSockets(sockets: readonly ActivatedSocket[], wanted: string): readonly ActivatedSocket[] {
  const selected = sockets.filter(({ descriptor, name }) => wanted === "" || wanted === "*" || wanted === String(descriptor) || wanted === name);
  if (selected.length > 0) return selected;
  throw new EngineError("invalid-argument", `no socket for fd://${wanted}`, { hint: "fd:// is for an engine that systemd starts with a socket unit" });
}

export type SocketFamily = "unix" | "loopback" | "network";

/** What a descriptor listens on, as the kernel tells in /proc/net. @throws EngineError when it is no listening socket */
export function socketFamily(descriptor: number): SocketFamily {
  const inode = /^socket:\[(\d+)\]$/.exec(linkOf(descriptor))?.[1];
  if (inode === undefined) throw new EngineError("invalid-argument", `descriptor ${descriptor} is no socket`);
  if (rows("unix").some((row) => row[6] === inode)) return "unix";
  const row = [...rows("tcp"), ...rows("tcp6")].find((columns) => columns[9] === inode);
  const address = row?.[1]?.split(":")[0];
  if (address === undefined) throw new EngineError("invalid-argument", `descriptor ${descriptor} is no listening unix or TCP socket`);
  const isLoopback = address.endsWith("7F") && address.length === 8;
  return isLoopback || address === "00000000000000000000000001000000" ? "loopback" : "network";
}

function linkOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    throw new EngineError("invalid-argument", `descriptor ${descriptor} is not open`, { cause: error });
  }
}

function rows(table: string): string[][] {
  return readFileSync(`/proc/self/net/${table}`, "utf8").split("\n").map((line) => line.trim().split(/\s+/));
}
