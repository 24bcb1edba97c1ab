import { fstatSync } from "node:fs";

/** Major numbers of Linux terminals: consoles and serial lines, /dev/tty, pseudo-terminals, USB, virtual machines' consoles. */
const terminalMajors: ReadonlySet<number> = new Set([4, 5, 136, 137, 138, 139, 140, 141, 142, 143, 166, 188, 204, 229]);

/** By the device's number: node:tty, which would ask the kernel, takes 15 ms to load. */
export function isTerminal(descriptor: number): boolean {
  try {
    const { rdev } = fstatSync(descriptor);
    return rdev !== 0 && terminalMajors.has((rdev >> 8) & 0xfff);
  } catch {
    // The descriptor is closed.
    return false;
  }
}

/** Switches the terminal of descriptor 0 to raw mode; the result switches it back. */
export function terminalMode(): () => void {
  process.stdin.setRawMode(true);
  return () => { process.stdin.setRawMode(false); };
}
