import { closeSync, constants, fstatSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * Lets the program of a container that crun created run, as `crun start` does: it waits at a FIFO in the state folder.
 * @returns false where it does not wait there: then crun has to be asked
 */
export function releaseProgram(stateFolder: string): boolean {
  const path = join(stateFolder, "exec.fifo");
  let fifo: number;
  try {
    // Without waiting: ENXIO says that nobody reads.
    fifo = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    if (!fstatSync(fifo).isFIFO()) return false;
    unlinkSync(path);
    writeSync(fifo, Buffer.of(0));
  } finally {
    closeSync(fifo);
  }
  return true;
}
