import { expect, test } from "bun:test";
import { StartFailure, type FailedStart } from "./start-failure.ts";

const create = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";
const exec = "OCI runtime exec failed: exec failed: unable to start container process: ";

// [verb, program, what crun 1.8.1 or runc 1.1.5 said, exit code, what Docker says]
const cases: readonly (readonly [FailedStart["verb"], string, string, 126 | 127, string])[] = [
  ["create", "x", "executable file `x` not found in $PATH: No such file or directory", 127, `${create}exec: "x": executable file not found in $PATH: unknown`],
  ["create", "/x", "executable file `/x` not found in $PATH: No such file or directory", 127, `${create}exec: "/x": stat /x: no such file or directory: unknown`],
  ["create", "/etc", "open executable: Operation not permitted", 126, `${create}exec: "/etc": permission denied: unknown`],
  ["create", "/x", "open executable: Permission denied", 126, `${create}exec: "/x": permission denied: unknown`],
  ["create", "/x/y", "open executable: Not a directory", 126, `${create}exec: "/x/y": stat /x/y: not a directory: unknown`],
  ["create", "", "open executable: Operation not permitted", 127, `${create}exec: "": executable file not found in $PATH: unknown`],
  ["exec", "x", "executable file `x` not found in $PATH: No such file or directory", 127, `${exec}exec: "x": executable file not found in $PATH: unknown`],
  ["create", "x", 'runc create failed: unable to start container process: exec: "x": executable file not found in $PATH', 127, `${create}exec: "x": executable file not found in $PATH: unknown`],
  ["create", "/x", 'runc create failed: unable to start container process: exec: "/x": permission denied', 126, `${create}exec: "/x": permission denied: unknown`],
  ["exec", "/x", 'exec failed: unable to start container process: exec: "/x": stat /x: no such file or directory', 127, `${exec}exec: "/x": stat /x: no such file or directory: unknown`],
];

test.each(cases)("StartFailure: %s %p, %p", (verb, program, complaint, exitCode, message) => {
  const failure = new StartFailure({ verb, program, complaint });
  expect({ kind: failure.kind, exitCode: failure.exitCode, message: failure.message }).toEqual({ kind: "invalid-argument", exitCode, message });
});

test("StartFailure: what is no fault of the program keeps the runtime's words", () => {
  const complaint = "mount `proc` to `proc`: Operation not permitted";
  const failure = new StartFailure({ verb: "create", program: "/bin/sh", complaint });
  expect(failure.kind).toBe("internal");
  expect(failure.exitCode).toBe(128);
  expect(failure.message).toContain(complaint);
});
