import { EngineError } from "./engine-error.ts";

/** A user or group as given: a number, or a name that the container's own passwd or group file explains. */
export type Principal = { readonly id: number } | { readonly name: string };

export interface UserString {
  readonly user: Principal;
  readonly group?: Principal;
}

/** The largest id that keeps its sign through every 32-bit reader on the way to the kernel. */
const largestId = 2 ** 31 - 1;

/**
 * Parses `user[:group]` of `--user` and of an image's config; the empty string is root (OCI image-spec, config.md, "User").
 * A string of digits is always an id: one that is out of range is refused and never looked up or wrapped (CVE-2024-40635).
 * @throws EngineError `invalid-argument`.
 */
export function parseUserString(text: string): UserString {
  if (text === "") return { user: { id: 0 } };
  const [user = "", group, ...more] = text.split(":");
  if (more.length > 0 || (user === "" && group === undefined)) throw invalid(text);
  const parsed = user === "" ? { id: 0 } : principal(user, text);
  return group === undefined || group === "" ? { user: parsed } : { user: parsed, group: principal(group, text) };
}

function principal(part: string, text: string): Principal {
  if (/^[+-]?\d+$/.test(part)) {
    const id = Number(part);
    if (!/^\d+$/.test(part) || id > largestId) throw invalid(text, `ids are 0 to ${largestId}`);
    return { id };
  }
  if (/[\s\0/]/.test(part)) throw invalid(text);
  return { name: part };
}

function invalid(text: string, hint = "write user, user:group or their numbers"): EngineError {
  return new EngineError("invalid-argument", `invalid user ${JSON.stringify(text.slice(0, 160))}`, { hint });
}
