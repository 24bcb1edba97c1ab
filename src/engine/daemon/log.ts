import { writeSync } from "node:fs";
import { isEngineError, redactSecrets } from "../../base/index.ts";
import { logLevels, type LogLevel } from "./options.ts";

/** The engine's own log: one line for each thing that happened, for people and for grep. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** @param cause is written with its hint, and with its stack when it was a mistake of ours */
  error(message: string, cause?: unknown): void;
}

/** @param write takes a line with its end; a failure to write is nothing that a log could tell */
export function openLog(level: LogLevel, write: (line: string) => void = toStandardError, now: () => Date = () => new Date()): Log {
  const least = logLevels.indexOf(level);
  const say = (at: LogLevel, message: string): void => {
    if (logLevels.indexOf(at) < least) return;
    write(`${now().toISOString()} ${at.padEnd(5)} ${redactSecrets(message).replaceAll("\n", "\n  ")}\n`);
  };
  return {
    debug: (message) => { say("debug", message); },
    info: (message) => { say("info", message); },
    warn: (message) => { say("warn", message); },
    error: (message, cause) => { say("error", cause === undefined ? message : `${message}: ${describeCause(cause)}`); },
  };
}

function describeCause(cause: unknown): string {
  if (isEngineError(cause)) return cause.hint === undefined ? cause.message : `${cause.message} (${cause.hint})`;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function toStandardError(line: string): void {
  try {
    writeSync(2, line);
  } catch (error) {
    // The terminal or pipe that the engine was started from is gone; containers matter more than its log.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}
