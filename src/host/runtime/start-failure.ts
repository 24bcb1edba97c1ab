import { EngineError } from "../../base/index.ts";

export interface FailedStart {
  readonly verb: "create" | "exec" | "start";
  /** What the runtime said, without the time stamps and levels of its log lines. */
  readonly complaint: string;
  /** The program that was to run, as it was asked for. crun does not always name it. */
  readonly program: string;
}

/**
 * A program that a runtime could not start, in the words that Docker has for it and scripts look for, whatever runtime
 * said it. The kind is `invalid-argument` where the container's own program is at fault.
 */
export class StartFailure extends EngineError {
  /** As a shell has it: 127 not found, 126 found but not to be run; 128 for all else. */
  readonly exitCode: 126 | 127 | 128;

  constructor(failed: FailedStart) {
    const { exitCode, text } = classify(failed);
    super(exitCode === 128 ? "internal" : "invalid-argument", `${prefixes[failed.verb]}${text}: unknown`);
    this.exitCode = exitCode;
  }
}

const prefixes = {
  create: "failed to create task for container: failed to create shim task: OCI runtime create failed: ",
  start: "failed to start task for container: OCI runtime start failed: ",
  exec: "OCI runtime exec failed: ",
} as const;

interface Reason {
  readonly exitCode: 126 | 127;
  readonly text: string;
}

const reasons: readonly { readonly pattern: RegExp; readonly reason: Reason }[] = [
  { pattern: /^open executable: (?:Permission denied|Operation not permitted)/m, reason: { exitCode: 126, text: "permission denied" } },
  { pattern: /^open executable: Is a directory/m, reason: { exitCode: 126, text: "is a directory" } },
  { pattern: /^open executable: Not a directory/m, reason: { exitCode: 126, text: "not a directory" } },
  { pattern: /^open executable: Too many levels of symbolic links/m, reason: { exitCode: 126, text: "too many levels of symbolic links" } },
  { pattern: /^(?:executable file .* not found in \$PATH|open executable: No such file or directory)/m, reason: { exitCode: 127, text: "no such file or directory" } },
];

function classify({ verb, complaint, program }: FailedStart): { exitCode: 126 | 127 | 128; text: string } {
  // runc's own words are those that Docker passes on.
  const own = /exec: "(?:[^"\\]|\\.)*": .*/s.exec(complaint)?.[0];
  if (own !== undefined) return { exitCode: exitCodeOf(own), text: inContext(verb, own) };
  const known = reasons.find(({ pattern }) => pattern.test(complaint))?.reason;
  if (known === undefined) return { exitCode: 128, text: complaint };
  const quoted = JSON.stringify(program);
  if (program === "" || (known.exitCode === 127 && !program.includes("/"))) {
    return { exitCode: 127, text: inContext(verb, `exec: ${quoted}: executable file not found in $PATH`) };
  }
  const attempt = known.text === "permission denied" ? "" : `stat ${program}: `;
  return { exitCode: known.exitCode, text: inContext(verb, `exec: ${quoted}: ${attempt}${known.text}`) };
}

function exitCodeOf(text: string): 126 | 127 | 128 {
  if (/executable file not found|no such file or directory/i.test(text)) return 127;
  return /permission denied|is a directory|not a directory|too many levels/i.test(text) ? 126 : 128;
}

function inContext(verb: FailedStart["verb"], text: string): string {
  return `${verb === "exec" ? "exec failed" : "runc create failed"}: unable to start container process: ${text}`;
}
