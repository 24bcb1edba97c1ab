import { closeSync, fstatSync, openSync, statSync } from "node:fs";

/**
 * The files of one log: conmon writes the one at `path`; rotation moves it to `path.1`, that to `path.2`, and so on.
 */
export interface OpenLog extends Disposable {
  readonly file: number;
  readonly inode: bigint;
}

/**
 * Opens every file of a log, the oldest first. Rotation happens in this thread, so none moves meanwhile.
 * @returns nothing where nothing was logged yet
 */
export function openLogFiles(path: string): OpenLog[] {
  const files: OpenLog[] = [];
  const current = openLogFile(path);
  if (current !== undefined) files.unshift(current);
  for (let i = 1; ; i++) {
    const older = openLogFile(`${path}.${i}`);
    if (older === undefined) return files;
    files.unshift(older);
  }
}

function openLogFile(path: string): OpenLog | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return { file, inode: fstatSync(file, { bigint: true }).ino, [Symbol.dispose]: () => { closeSync(file); } };
}

/**
 * Opens the file that was begun after this one was moved away; the oldest where this one is gone altogether.
 * @returns undefined while this is the newest: conmon may still write to it
 */
export function openNextLogFile(path: string, log: OpenLog): OpenLog | undefined {
  const current = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (current === undefined || current.ino === log.inode) return undefined;
  const files = openLogFiles(path);
  const next = files.findIndex(({ inode }) => inode === log.inode) + 1;
  files.forEach((file, i) => { if (i !== next) file[Symbol.dispose](); });
  return files[next];
}
