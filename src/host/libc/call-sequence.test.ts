import { expect, test } from "bun:test";
import { callInSequence } from "./call-sequence.ts";
import { cString } from "./c-string.ts";
import { closeDescriptor } from "./descriptor.ts";
import { errnoOf } from "./system-error.ts";

const here = -100;

test("callInSequence: each call gets its arguments and gives its result, failures too", () => {
  const text = Buffer.from("sequence");
  const back = Buffer.alloc(8);
  const name = cString("/proc/self/comm");
  const [missing, made, ...rest] = callInSequence([
    { name: "openat", arguments: [here, cString("/nowhere"), 0, 0] },
    { name: "memfd_create", arguments: [cString("sequence"), 1] },
    { name: "openat", arguments: [here, name, 0, 0] },
    { name: "getpid", arguments: [] },
  ]);
  expect([missing, rest[1]]).toEqual([-errnoOf("ENOENT"), process.pid]);
  const file = made ?? -1;
  const results = callInSequence([
    { name: "pwrite64", arguments: [file, text, text.length, 4] },
    { name: "pread64", arguments: [file, back, back.length, 4] },
    { name: "lseek", arguments: [file, 0n, 2] },
  ]);
  expect([results, back.toString()]).toEqual([[8, 8, 12], "sequence"]);
  for (const number of [file, rest[0] ?? -1]) closeDescriptor(number);
});

test("callInSequence: what is behind a failure of a required call is not made", () => {
  const results = callInSequence([
    { name: "getpid", arguments: [], isRequired: true },
    { name: "openat", arguments: [here, cString("/nowhere"), 0, 0], isRequired: true },
    { name: "getpid", arguments: [] },
  ]);
  expect(results).toEqual([process.pid, -errnoOf("ENOENT"), undefined]);
});
