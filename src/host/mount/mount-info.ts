import { readFileSync } from "node:fs";

/** A line of /proc/pid/mountinfo (proc(5)). */
export interface MountInfo {
  readonly id: number;
  readonly parent: number;
  /** The folder of its file system that is mounted. */
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
  /** Number of the group it shares mounts with. */
  readonly shared: number | undefined;
}

/** Every mount that the process sees, in the order they were made. */
export function readMounts(process: number | "self" = "self"): MountInfo[] {
  return parseMountInfo(readFileSync(`/proc/${process}/mountinfo`, "utf8"));
}

/** The mount that holds a path: the last made among those with the longest target. */
export function mountOf(path: string, mounts: readonly MountInfo[]): MountInfo | undefined {
  let best: MountInfo | undefined;
  for (const mount of mounts) {
    const holds = mount.target === "/" || path === mount.target || path.startsWith(`${mount.target}/`);
    if (holds && mount.target.length >= (best?.target.length ?? 0)) best = mount;
  }
  return best;
}

export function parseMountInfo(text: string): MountInfo[] {
  return text
    .split("\n")
    .map(parseLine)
    .filter((mount) => mount !== undefined);
}

function parseLine(line: string): MountInfo | undefined {
  const fields = line.split(" ");
  const dash = fields.indexOf("-", 6);
  const [id, parent, , root, target, options] = fields;
  const [type, source, superOptions] = fields.slice(dash + 1);
  if (dash < 0 || id === undefined || root === undefined || target === undefined || type === undefined) return undefined;
  const shared = fields.slice(6, dash).find((field) => field.startsWith("shared:"));
  return {
    id: Number(id),
    parent: Number(parent),
    root: unescape(root),
    target: unescape(target),
    options: options?.split(",") ?? [],
    type,
    source: unescape(source ?? ""),
    superOptions: superOptions?.split(",") ?? [],
    shared: shared === undefined ? undefined : Number(shared.slice("shared:".length)),
  };
}

// The kernel writes space, tab, newline, backslash and # as octal; the bytes may be any.
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
