import { errnoOf, SystemError, type Descriptor } from "../libc/index.ts";
import { makeDirectory, makeNode, readSymbolicLink } from "./make.ts";
import { displayName, type ByteName } from "./names.ts";
import { openFlags, openIn } from "./open.ts";
import { statusOf } from "./status.ts";

/** As many as the kernel follows (path_resolution(7)). */
const mostLinks = 40;

export interface MakePathOptions {
  /** What the last name is to be where it is missing. */
  readonly last?: "directory" | "file";
  /** Nothing is made where no link lies in the path. */
  readonly onlyThroughLinks?: boolean;
}

/**
 * Makes what is missing of a path in a tree, as a program inside could not: a link that leads to nothing is followed,
 * and what it names is made, within the tree.
 * @throws SystemError
 */
export function makePath(tree: Descriptor, path: ByteName, { last = "directory", onlyThroughLinks = false }: MakePathOptions = {}): void {
  let reached: readonly ByteName[] = [];
  const pending = namesOf(path);
  let links = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === "..") {
      reached = reached.slice(0, -1);
      continue;
    }
    using folder = openIn(tree, reached.join("/") as ByteName, openFlags.directory | openFlags.pathOnly, { resolve: "no-links" });
    const status = statusOf(folder, name);
    if (status?.type === "symlink") {
      links += 1;
      if (links > mostLinks) throw new SystemError(`make ${displayName(path)}`, errnoOf("ELOOP"));
      const target = readSymbolicLink(folder, name);
      if (target.startsWith("/")) reached = [];
      pending.unshift(...namesOf(target));
      continue;
    }
    if (status === undefined) {
      if (onlyThroughLinks && links === 0) return;
      if (last === "directory" || pending.length > 0) makeDirectory(folder, name, 0o755);
      else makeNode(folder, name, { type: "file", mode: 0o644 });
    }
    reached = [...reached, name];
  }
}

function namesOf(path: ByteName): ByteName[] {
  return path.split("/").filter((name) => name !== "" && name !== ".") as ByteName[];
}
