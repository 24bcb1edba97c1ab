import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cString, succeed, systemCall } from "../libc/index.ts";
import { releaseProgram } from "./release-program.ts";

const makeNode = systemCall<[number, Uint8Array, number, number]>("mknodat", "ipii");
const fifo = 0o010600;

test("releaseProgram: the waiting program goes on, once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  const path = join(folder, "exec.fifo");
  succeed(makeNode(-100, cString(path), fifo, 0), () => "make a FIFO");
  expect(releaseProgram(folder)).toBe(false);
  expect(existsSync(path)).toBe(true);
  // Opened for both, so that the reader is there before anybody writes.
  const program = spawn("/bin/sh", ["-c", `exec 3<>"$1"; echo waiting; head -c 1 <&3 | od -An -tx1`, "sh", path], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const chunk of program.stdout) {
    said += String(chunk);
    if (said === "waiting\n") expect(releaseProgram(folder)).toBe(true);
  }
  if (program.exitCode === null) await once(program, "exit");
  expect(said).toBe("waiting\n 00\n");
  expect(releaseProgram(folder)).toBe(false);
  rmSync(folder, { recursive: true });
}, 30_000);

test("releaseProgram: what is no FIFO of a waiting program is left alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  expect(releaseProgram(folder)).toBe(false);
  writeFileSync(join(folder, "exec.fifo"), "kept");
  expect(releaseProgram(folder)).toBe(false);
  rmSync(folder, { recursive: true });
});
