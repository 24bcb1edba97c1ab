import { closeSync, openSync } from "node:fs";
import { Descriptor, errnoOf, succeed, systemCall } from "../libc/index.ts";

const flock = systemCall<[number, number]>("flock", "ii");
const exclusive = 2;
const withoutWaiting = 4;

/**
 * Takes the lock on a file, made when missing, for as long as the descriptor is open; the kernel gives it back when
 * the process dies.
 * @returns undefined when another process holds it
 */
export function tryLock(path: string): Descriptor | undefined {
  const number = openSync(path, "a", 0o600);
  const result = flock(number, exclusive | withoutWaiting);
  if (result === -errnoOf("EAGAIN")) {
    closeSync(number);
    return undefined;
  }
  const descriptor = new Descriptor(number);
  succeed(result, () => `lock ${path}`);
  return descriptor;
}
