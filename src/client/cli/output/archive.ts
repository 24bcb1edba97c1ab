import { createWriteStream, renameSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
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
  const file = createWriteStream(isDevice ? output : aside, { flags: isDevice ? "w" : "wx", mode: 0o600 });
  try {
    for await (const bytes of archive.output) if (!file.write(bytes)) await once(file, "drain");
    file.end();
    await finished(file);
    if (!isDevice) renameSync(aside, output);
  } catch (error) {
    file.destroy();
    if (!isDevice) rmSync(aside, { force: true });
    throw error;
  }
}

function checkOutput(output: string, failure: string): void {
  const folder = dirname(output);
  if (folder !== "." && statSync(folder, { throwIfNoEntry: false }) === undefined) {
    throw new CommandFailure(1, `${failure}: invalid output path: stat ${folder}: no such file or directory`);
  }
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CommandFailure(1, `${failure}: invalid output path: ${JSON.stringify(output)} must be a regular file`);
  }
}
