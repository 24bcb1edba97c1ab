import { write as writeWithCallback } from "node:fs";
import { promisify } from "node:util";
import { placedData, type TarEntry } from "../../base/tar/index.ts";
import { setAttribute, setSize, type ByteName } from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";

const write = promisify(writeWithCallback);

/** Writes an entry's data into a new file: each piece where it belongs, the rest stays holes. */
export async function writeContent(entry: TarEntry, file: Descriptor): Promise<void> {
  await writeBody(entry, file);
  if (endOf(entry) < entry.size) setSize(file, entry.size);
}

function endOf(entry: TarEntry): number {
  const last = entry.extents.at(-1);
  return last === undefined ? 0 : last.at + last.length;
}

async function writeBody(entry: TarEntry, file: Descriptor): Promise<void> {
  for await (const { bytes, at } of placedData(entry)) {
    // Not on the engine's thread: where much is written the kernel makes the writer wait.
    for (let done = 0; done < bytes.length;) done += (await write(file.number, bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

/** Gives a file the extended attributes of its entry. */
export function setAttributes(entry: TarEntry, folder: Descriptor, name: ByteName): void {
  for (const [attribute, value] of entry.attributes) {
    // Marks of an overlay are ours to set: in a layer they would hide or redirect what lies below.
    if (attribute.startsWith("trusted.overlay.") || attribute.startsWith("user.overlay.")) continue;
    try {
      setAttribute(folder, name, { name: attribute, value });
    } catch (error) {
      // Labels of a security module that this host does not run, and attributes that its file system does not keep.
      if (!isSystemError(error, "EOPNOTSUPP") && !attribute.startsWith("security.selinux")) throw error;
    }
  }
}
