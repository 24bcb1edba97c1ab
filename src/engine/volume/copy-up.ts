import {
  byteNameOf, copyTree, emptyTree, fileStatus, openFlags, openFolder, openIn, openTree, readNames, setModeOf, setOwnerOf, setTimesOf,
} from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";

/**
 * Copies what the image has at a volume's place into the volume, when that is empty. Source and target are held by
 * handle, the source is found within the container's root: a link there leads nowhere else (CVE-2022-23648).
 */
export async function copyUpInto(target: string, root: Descriptor, path: string): Promise<void> {
  using source = openSource(root, path);
  if (source === undefined) return;
  using tree = openTree(target);
  using folder = openFolder(tree, byteNameOf("."));
  if (readNames(folder).length > 0) return;
  const before = fileStatus(folder);
  try {
    await copyTree(source, folder);
  } catch (error) {
    // Half of a copy would pass for content at the next attempt.
    emptyTree(folder);
    setOwnerOf(folder, before);
    setModeOf(folder, before.mode);
    setTimesOf(folder, before);
    throw error;
  }
}

function openSource(root: Descriptor, path: string): Descriptor | undefined {
  try {
    return openIn(root, byteNameOf(path), openFlags.directory);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
