import { createReadStream, openSync } from "node:fs";
import { CommandFailure } from "../command/index.ts";

/** The bytes of a file that a user named. @throws CommandFailure in docker's words. */
export function readInput(path: string): AsyncIterable<Uint8Array> {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason = code === "ENOENT" ? "no such file or directory" : code === "EACCES" ? "permission denied" : String(error);
    throw new CommandFailure(1, `open ${path}: ${reason}`, { cause: error });
  }
  return createReadStream("", { fd, highWaterMark: 1 << 20 });
}
