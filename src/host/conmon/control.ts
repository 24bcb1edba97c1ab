import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import type { ProcessIdentity } from "../process/index.ts";

/** Tells conmon the size of the program's terminal. @throws EngineError `conflict` when the program has ended */
export function resizeTerminal(folder: string, size: { readonly rows: number; readonly columns: number }): void {
  if (!command(folder, `1 ${size.rows} ${size.columns}\n`)) throw new EngineError("conflict", "cannot resize a terminal: its program has ended");
}

/**
 * Tells conmon to go on with its log in a new file, which it puts in the place of the old one. What the old one holds is
 * lost then, unless it has a second name. @returns false when conmon has ended
 */
export function reopenLog(folder: string): boolean {
  return command(folder, "2 0 0\n");
}

function command(folder: string, text: string): boolean {
  const file = openControl(folder, constants.O_WRONLY);
  if (file === undefined) return false;
  try {
    writeSync(file, text);
    return true;
  } finally {
    closeSync(file);
  }
}

/** @returns undefined when conmon, which holds the other end, is not there */
function openControl(folder: string, mode: number): number | undefined {
  try {
    return openSync(`${folder}/ctl`, mode | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENXIO")) return undefined;
    throw error;
  }
}

const lookEvery = 5;

/**
 * Resolves when conmon has done whatever an engine before this one told it: what it has not read yet is taken back, and
 * what it is at is waited for.
 */
export async function settleCommands(folder: string, { pid }: ProcessIdentity): Promise<void> {
  const file = openControl(folder, constants.O_RDONLY);
  if (file === undefined) return;
  try {
    takeBack(file);
  } finally {
    closeSync(file);
  }
  // It sleeps only when nothing is left to do; making a file is no sleep that the kernel calls so.
  while (stateOf(pid) === "R" || stateOf(pid) === "D") await pause(lookEvery);
}

function takeBack(file: number): void {
  try {
    while (readSync(file, Buffer.alloc(4096)) > 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
  }
}

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return undefined;
    throw error;
  }
}
