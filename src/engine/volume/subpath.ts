import { mkdirSync, writeFileSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { byteNameOf, fileStatus, openFlags, openIn, openTree } from "../../host/files/index.ts";
import { isSystemError, type Descriptor } from "../../host/libc/index.ts";
import { mount } from "../../host/mount/index.ts";

/**
 * Mounts a part of a volume or an image by itself, so that who binds it cannot be led elsewhere by links that are changed there
 * meanwhile (docker's volume-subpath and image-subpath).
 * @throws EngineError `invalid-argument` with docker's texts for a part that is missing or lies outside
 */
export function mountSubpath(volume: string, subpath: string, target: string): void {
  using tree = openTree(volume);
  using part = openPart(tree, subpath);
  if (fileStatus(part).type === "directory") mkdirSync(target, { recursive: true, mode: 0o700 });
  else writeFileSync(target, "", { mode: 0o600 });
  mount({ source: `/proc/self/fd/${part.number}`, target, flags: ["bind", "recursive"] });
}

function openPart(tree: Descriptor, subpath: string): Descriptor {
  if (subpath.startsWith("/") || subpath.split("/").includes("..")) {
    throw new EngineError("invalid-argument", `invalid subpath ${JSON.stringify(subpath)}: it has to be a path inside the volume`);
  }
  try {
    return openIn(tree, byteNameOf(subpath), openFlags.pathOnly, { resolve: "beneath" });
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) {
      throw new EngineError("invalid-argument", `cannot access path ${subpath} inside: no such file or directory`, { cause: error });
    }
    if (isSystemError(error, "EXDEV", "ELOOP")) {
      throw new EngineError("invalid-argument", `path ${subpath} leads out of the volume`, { cause: error });
    }
    throw error;
  }
}
