import { readFileSync } from "node:fs";
import { EngineError, parseUserString, type Principal } from "../../base/index.ts";
import { byteNameOf, fileStatus, openRegularFile } from "../../host/files/index.ts";
import type { Descriptor } from "../../host/libc/index.ts";

/** Who a container's program runs as. */
export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  /** The home folder that passwd gives; "/" for who is not in there. */
  readonly home: string;
}

const largestDatabase = 16 * 1024 * 1024;

/**
 * Looks a user up in the container's own passwd and group, which are read by handle: neither a link out of the tree nor
 * a FIFO in their place does harm.
 * @param text as in `--user`; empty: root
 * @param groups further groups, as in `--group-add`
 * @throws EngineError `invalid-argument`, docker's text
 */
export function resolveUser(tree: Descriptor, text: string, groups: readonly string[] = []): ResolvedUser {
  const passwd = parseDatabase(readDatabase(tree, "etc/passwd"));
  const group = parseDatabase(readDatabase(tree, "etc/group"));
  return lookUp(text, groups, { passwd, group });
}

interface Databases {
  readonly passwd: readonly (readonly string[])[];
  readonly group: readonly (readonly string[])[];
}

export function lookUp(text: string, groups: readonly string[], { passwd, group }: Databases): ResolvedUser {
  const { user, group: wantedGroup } = text === "" ? { user: { id: 0 } } : parseUserString(text);
  const entry = passwd.find((fields) => ("name" in user ? fields[0] === user.name : fields[2] === String(user.id)));
  const uid = "id" in user ? user.id : idOf(entry?.[2]);
  if (uid === undefined) throw notFound("user", "name" in user ? user.name : String(user.id), "passwd");
  const gid = wantedGroup === undefined ? (idOf(entry?.[3]) ?? 0) : groupId(wantedGroup, group);
  const name = entry?.[0];
  const memberships = wantedGroup !== undefined || name === undefined ? [] : group.filter((fields) => fields[3]?.split(",").includes(name) === true);
  const own = memberships.map((fields) => idOf(fields[2])).filter((id) => id !== undefined);
  const added = groups.map((wish) => groupId(parseUserString(wish).user, group));
  return { uid, gid, additionalGids: [...new Set([gid, ...own, ...added])], home: entry?.[5] ?? "/" };
}

function groupId(wanted: Principal, group: Databases["group"]): number {
  if ("id" in wanted) return wanted.id;
  const id = idOf(group.find((fields) => fields[0] === wanted.name)?.[2]);
  if (id === undefined) throw notFound("group", wanted.name, "group");
  return id;
}

function notFound(what: string, name: string, file: string): EngineError {
  return new EngineError("invalid-argument", `unable to find ${what} ${name}: no matching entries in ${file} file`);
}

// A number that the kernel would cut off, and might turn into root's, is no number (CVE-2024-40635).
function idOf(field: string | undefined): number | undefined {
  if (field === undefined || !/^\d{1,10}$/.test(field)) return undefined;
  const id = Number(field);
  return id <= 0x7fffffff ? id : undefined;
}

function readDatabase(tree: Descriptor, path: string): string {
  using file = openRegularFile(tree, byteNameOf(path));
  if (file === undefined) return "";
  // Asked before reading: a file with holes can be larger than memory.
  if (fileStatus(file).size > largestDatabase) throw new EngineError("invalid-argument", `${path} in the container is larger than 16 MiB`);
  return readFileSync(file.number, "utf8");
}

export function parseDatabase(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));
}
