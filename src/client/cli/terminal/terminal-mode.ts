import { fstatSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";

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

/**
 * Switches the terminal of descriptor 0 to raw mode, as stty does it: node's raw mode takes 15 ms to load and goes on
 * turning each line feed into two characters. The result switches it back.
 * @throws EngineError where there is no stty.
 */
export function terminalMode(): () => void {
  const saved = stty(0, "-g").trim();
  stty(0, "raw", "-echo");
  return () => { stty(0, saved); };
}

/** Columns and rows of a terminal; those of an old one where it does not say. */
export function terminalSize(descriptor: number): { readonly columns: number; readonly rows: number } {
  const [rows = 0, columns = 0] = stty(descriptor, "size").trim().split(" ").map(Number);
  return { columns: columns || 80, rows: rows || 24 };
}

function stty(descriptor: number, ...words: readonly string[]): string {
  // stty works on its input, and Bun gives none of our outputs to a child as that: those go by their path.
  const device = descriptor === 0 ? [] : ["-F", `/proc/${process.pid}/fd/${descriptor}`];
  const { exitCode, stdout, stderr } = Bun.spawnSync(["stty", ...device, ...words], { stdin: "inherit", stdout: "pipe", stderr: "pipe" });
  if (exitCode !== 0) throw new EngineError("internal", `stty ${words.join(" ")}: ${stderr.toString().trim()}`);
  return stdout.toString();
}
