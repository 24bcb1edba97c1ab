import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";
import type { Poller } from "../poll/index.ts";

const pidfdOpen = systemCall<[number, number]>("pidfd_open", "ii");
const pidfdSignal = systemCall<[number, number, null, number]>("pidfd_send_signal", "iipi");

/** Who a process is, also across a restart of the engine: a pid is reused, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start (proc(5), /proc/pid/stat field 22). */
  readonly startTime: number;
}

/** Reads the identity of a process. @returns undefined where there is no such process, or only its zombie */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return undefined;
    throw error;
  }
  return parseProcessStat(pid, stat);
}

/** @param stat content of /proc/pid/stat; the command's name in it may hold spaces and parentheses */
export function parseProcessStat(pid: number, stat: string): ProcessIdentity | undefined {
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTime = Number(fields[18]);
  if (state === "Z" || state === "X" || !Number.isSafeInteger(startTime)) return undefined;
  return { pid, startTime };
}

/** A process held by handle: never another one that got the same pid. */
export class ProcessHandle implements Disposable {
  readonly identity: ProcessIdentity;
  readonly #pidfd: Descriptor;

  private constructor(identity: ProcessIdentity, pidfd: Descriptor) {
    this.identity = identity;
    this.#pidfd = pidfd;
  }

  /** @returns undefined when that very process is no more */
  static open(identity: ProcessIdentity): ProcessHandle | undefined {
    const result = pidfdOpen(identity.pid, 0);
    if (result === -errnoOf("ESRCH") || result === -errnoOf("EINVAL")) return undefined;
    const pidfd = new Descriptor(succeed(result, () => `open process ${identity.pid}`));
    // Checked after the handle is open: from here on the pid cannot be given to another process unnoticed.
    if (identifyProcess(identity.pid)?.startTime === identity.startTime) return new ProcessHandle(identity, pidfd);
    pidfd.close();
    return undefined;
  }

  /** Resolves when the process has ended (a zombie has). */
  async exited(poller: Poller, signal?: AbortSignal): Promise<void> {
    await poller.ready(this.#pidfd.number, "readable", signal);
  }

  /** @param signal its name or number @returns false when the process is no more */
  kill(signal: NodeJS.Signals | number): boolean {
    const number = typeof signal === "number" ? signal : constants.signals[signal];
    const result = pidfdSignal(this.#pidfd.number, number, null, 0);
    if (result === -errnoOf("ESRCH")) return false;
    succeed(result, () => `send signal ${number} to process ${this.identity.pid}`);
    return true;
  }

  /** A handle of the process, by which its namespaces are entered. */
  get namespace(): Descriptor {
    return this.#pidfd;
  }

  close(): void {
    this.#pidfd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
