import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import { EngineError } from "../../base/index.ts";

export type ErrorCode = keyof typeof constants.errno | "ENOTSUP" | "EUCLEAN" | "ENODATA" | "EOWNERDEAD" | "EUNKNOWN";

// Linux numbers that node:os leaves out.
const others: Readonly<Record<number, ErrorCode>> = { 117: "EUCLEAN", 61: "ENODATA", 130: "EOWNERDEAD" };

const codes = new Map<number, ErrorCode>(
  Object.entries(constants.errno).map(([code, number]) => [number, code as ErrorCode]),
);

/** A system call that failed. Callers decide on `code`, never on the text. */
export class SystemError extends EngineError {
  readonly code: ErrorCode;
  /** The number of `code` on Linux. */
  readonly errno: number;

  constructor(attempt: string, errno: number) {
    const code = codes.get(errno) ?? others[errno] ?? "EUNKNOWN";
    const meaning = getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
    super("internal", `${attempt}: ${meaning} (${code})`, hintFor(code));
    this.code = code;
    this.errno = errno;
  }
}

function hintFor(code: ErrorCode): { hint?: string } {
  if (code === "ENOSPC" || code === "EDQUOT") return { hint: "free some space on that file system and try again" };
  if (code === "EMFILE" || code === "ENFILE") return { hint: "raise the limit of open files of the engine" };
  return {};
}

/** True for a failed system call with one of the codes, such as `isSystemError(error, "ENOENT", "ENOTDIR")`. */
export function isSystemError(error: unknown, ...wanted: readonly ErrorCode[]): error is SystemError {
  return error instanceof SystemError && (wanted.length === 0 || wanted.includes(error.code));
}

/** The number of an error code, for comparing with a raw result: `result === -errnoOf("EAGAIN")`. */
export function errnoOf(code: keyof typeof constants.errno): number {
  return constants.errno[code];
}
