import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const folders = ["dev/pts", "dev/shm", "proc", "sys"];
/** `.dockerenv` is how programs tell that they run in a container. */
const files = [".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"];

/**
 * Makes the lowest layer of every container: what is mounted in each of them has a place there, so that a place which an
 * image lacks is not made in the container's own layer, where it would pass for a change that its program made. What an
 * image has or has removed goes before it.
 */
export function makeMountPoints(layer: string): void {
  mkdirSync(layer, { recursive: true, mode: 0o755 });
  chmodSync(layer, 0o755);
  for (const folder of [...folders, ...files.map((file) => dirname(file))]) mkdirSync(join(layer, folder), { recursive: true, mode: 0o755 });
  for (const file of files) if (!existsSync(join(layer, file))) writeFileSync(join(layer, file), "", { mode: 0o755 });
  const table = join(layer, "etc/mtab");
  // Its target is there in containers only.
  try {
    symlinkSync("/proc/mounts", table);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
