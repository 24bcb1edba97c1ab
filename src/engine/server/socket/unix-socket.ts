import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { connect } from "node:net";
import { EngineError } from "../../../base/index.ts";

/**
 * Runs `bind`, which makes the socket, so that at no moment anybody but its owner can connect; then opens it to the
 * group docker where there is one. A socket that no process serves any more is replaced.
 * @throws EngineError `conflict` when one is served, or when something else is at the path
 */
export async function bindPrivately<T>(path: string, bind: () => T, groupsFile = "/etc/group"): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  await removeStale(path);
  const umask = process.umask(0o177);
  let bound: T;
  try {
    bound = bind();
  } finally {
    process.umask(umask);
  }
  const group = groupId(readFileSync(groupsFile, "utf8"), "docker");
  if (group !== undefined) {
    chownSync(path, 0, group);
    chmodSync(path, 0o660);
  }
  return bound;
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new EngineError("conflict", `cannot listen on ${path}: there is something else that is no socket`);
  if (await isServed(path)) throw new EngineError("conflict", `cannot listen on ${path}: another process serves it`);
  rmSync(path, { force: true });
}

async function isServed(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(path, () => { resolve(true); });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
    else reject(error);
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

/** The number of a group in the text of group(5); undefined when there is none of that name. */
export function groupId(groups: string, name: string): number | undefined {
  const id = groups.split("\n").find((line) => line.startsWith(`${name}:`))?.split(":")[2];
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}
