/*
 * conmon's log file (format "k8s-file"): one record for each piece of output,
 *
 *   2026-11-27T22:04:05.805368328+00:00 stdout F text\n
 *
 * The time has nine digits after the second and a numeric zone, so the text begins at a fixed place. "F" is the end of
 * a line whose newline the record's own stands for; "P" is a piece after which the line goes on. The text is the
 * program's bytes as they came, NUL and what is no UTF-8 included, without a newline.
 */

export const headerLength = 45;
/** Digits of the time without its zone: what docker shows before its "Z". */
export const clockLength = 29;
const streamAt = 36;
const lastOfStreamAt = 41;
const tagAt = 43;

const space = 0x20;
const letterF = 0x46;
const letterP = 0x50;
const letterS = 0x73;
const letterT = 0x74;
const letterR = 0x72;

/**
 * Whether a record begins there. What is none (a crash of the machine leaves zeros, a full disk half a record) is
 * passed over by readers.
 * @param end where the line ends
 */
export function isRecord(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < headerLength || bytes[at + 35] !== space || bytes[at + streamAt] !== letterS) return false;
  const last = bytes[at + lastOfStreamAt];
  const tag = bytes[at + tagAt];
  return (last === letterT || last === letterR) && (tag === letterF || tag === letterP) && bytes[at + 44] === space;
}

export function isStderr(bytes: Uint8Array, at: number): boolean {
  return bytes[at + lastOfStreamAt] === letterR;
}

/** Whether the record ends its line. */
export function isFull(bytes: Uint8Array, at: number): boolean {
  return bytes[at + tagAt] === letterF;
}

/** A moment without loss and without big numbers. */
export interface LogTime {
  /** Since the epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

export function compareTimes(a: LogTime, b: LogTime): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

export function logTime(nanoseconds: bigint): LogTime {
  const seconds = nanoseconds / 1_000_000_000n;
  return { seconds: Number(seconds), nanoseconds: Number(nanoseconds - seconds * 1_000_000_000n) };
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
  return value;
}

/** Reads the times of records; those of one day cost little. */
export class LogClock {
  #day = -1;
  #midnight = 0;

  read(bytes: Uint8Array, at: number): LogTime {
    const day = digits(bytes, at, at + 4) * 10_000 + digits(bytes, at + 5, at + 7) * 100 + digits(bytes, at + 8, at + 10);
    if (day !== this.#day) {
      this.#day = day;
      this.#midnight = Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100) / 1000;
    }
    const clock = digits(bytes, at + 11, at + 13) * 3600 + digits(bytes, at + 14, at + 16) * 60 + digits(bytes, at + 17, at + 19);
    return { seconds: this.#midnight + clock - zoneSeconds(bytes, at), nanoseconds: digits(bytes, at + 20, at + 29) };
  }
}

const minus = 0x2d;

/** How far the record's zone is ahead of UTC. */
function zoneSeconds(bytes: Uint8Array, at: number): number {
  const ahead = digits(bytes, at + 30, at + 32) * 3600 + digits(bytes, at + 33, at + 35) * 60;
  return bytes[at + 29] === minus ? -ahead : ahead;
}

/** Writes the time as docker does, in UTC with nine digits and "Z ": 31 bytes. @returns the place after them */
export function writeTime(bytes: Buffer, at: number, target: Buffer, to: number): number {
  bytes.copy(target, to, at, at + clockLength);
  const ahead = zoneSeconds(bytes, at);
  if (ahead !== 0) {
    const utc = new Date(new LogClock().read(bytes, at).seconds * 1000).toISOString();
    target.write(utc.slice(0, 19), to, "latin1");
  }
  target[to + clockLength] = 0x5a;
  target[to + clockLength + 1] = space;
  return to + timeLength;
}

export const timeLength = clockLength + 2;
