import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../base/index.ts";
import { mount, unmountLater } from "../../host/mount/index.ts";

/** Makes the memory that other containers can join (`--ipc shareable`): a tmpfs of its own. */
export function makeSharedMemory(folder: string, size: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isMounted(folder)) mount({ source: "shm", target: folder, type: "tmpfs", flags: ["nosuid", "noexec", "nodev"], data: `mode=1777,size=${size}` });
}

/** Takes it away; whoever has it mounted keeps it. Where there is none it is no error. */
export async function removeSharedMemory(folder: string): Promise<void> {
  await unmountLater(folder);
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) rmdirSync(folder);
}

/** @throws EngineError `conflict` where it went away with the engine that had made it: mounts do not outlive an engine */
export function requireSharedMemory(folder: string, container: string): string {
  if (isMounted(folder)) return folder;
  throw new EngineError("conflict", `cannot join IPC of container ${container}: its shared memory belongs to an engine that has ended`, {
    hint: "restart that container",
  });
}

function isMounted(folder: string): boolean {
  const status = statSync(folder, { throwIfNoEntry: false });
  return status !== undefined && status.dev !== statSync(dirname(folder)).dev;
}
