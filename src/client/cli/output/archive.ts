import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { CommandFailure, type Stdio } from "../command/index.ts";

export interface ArchiveRequest {
  /** A file's path; empty: standard output. */
  readonly output: string;
  /** What docker says in front of a bad path. */
  readonly failure: string;
  readonly open: () => Promise<{ readonly output: AsyncIterable<Uint8Array> }>;
}

/** Writes an archive to standard output, or to a file that is only there once it is whole. */
export async function writeArchive(io: Stdio, request: ArchiveRequest): Promise<void> {
  const { output } = request;
  if (output === "") {
    if (io.out.isTerminal) throw new CommandFailure(1, "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    const archive = await request.open();
    for await (const bytes of archive.output) await io.out.write(bytes);
    return;
  }
  checkOutput(output, request.failure);
  const archive = await request.open();
  const aside = `${output}.${process.pid}.part`;
  const isDevice = statSync(output, { throwIfNoEntry: false })?.isFile() === false;
  const file = openSync(isDevice ? output : aside, isDevice ? "w" : "wx", 0o600);
  try {
    try {
      for await (const bytes of archive.output) writeWhole(file, bytes);
    } finally {
      closeSync(file);
    }
    if (!isDevice) renameSync(aside, output);
  } catch (error) {
    if (!isDevice) rmSync(aside, { force: true });
    throw error;
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function checkOutput(output: string, failure: string): void {
  const folder = dirname(output);
  if (folder !== "." && statSync(folder, { throwIfNoEntry: false }) === undefined) {
    throw new CommandFailure(1, `${failure}: invalid output path: stat ${folder}: no such file or directory`);
  }
  const found = statSync(output, { throwIfNoEntry: false });
  if (found?.isCharacterDevice() === true) throw new CommandFailure(1, `${failure}: cannot write to a character device file`);
  if (found?.isDirectory() === true) throw new CommandFailure(1, `${failure}: cannot write to a directory`);
}
