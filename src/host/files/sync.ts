import { succeed, systemCall, type Descriptor } from "../libc/index.ts";

const syncfs = systemCall<[number]>("syncfs", "i");
const fsync = systemCall<[number]>("fsync", "i");

/** Writes back everything of the file system that holds the file, off the engine's thread. */
export async function syncFileSystem(file: Descriptor): Promise<void> {
  succeed(await syncfs.later(file.number), () => "write a file system back to its disk");
}

/** Writes back one file, or the names in one folder, off the engine's thread. */
export async function syncFile(file: Descriptor): Promise<void> {
  succeed(await fsync.later(file.number), () => "write a file back to its disk");
}
