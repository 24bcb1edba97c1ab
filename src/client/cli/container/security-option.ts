import { readFile } from "node:fs/promises";
import type { Given } from "../../../api/operations/index.ts";
import type { HostConfig } from "../../../api/types/index.ts";
import { CommandFailure } from "../command/index.ts";

/** `--security-opt`; a seccomp profile is read here and sent whole. @throws CommandFailure in docker's words. */
export async function securityOf(written: readonly string[]): Promise<Given<HostConfig>> {
  const options: string[] = [];
  let isOpen = false;
  for (const text of written) {
    if (text === "systempaths=unconfined") {
      isOpen = true;
      continue;
    }
    options.push(await checked(text));
  }
  return { SecurityOpt: options.length === 0 ? null : options, ...(isOpen ? { MaskedPaths: [], ReadonlyPaths: [] } : { MaskedPaths: null, ReadonlyPaths: null }) };
}

async function checked(text: string): Promise<string> {
  if (text === "no-new-privileges") return text;
  const separator = text.includes("=") ? "=" : ":";
  const at = text.indexOf(separator);
  if (at < 0) throw refused(`Invalid --security-opt: ${JSON.stringify(text)}`);
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (name !== "seccomp" || value === "unconfined" || value === "builtin") return text;
  return `seccomp=${await profile(value)}`;
}

async function profile(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "no such file or directory" : String(cause);
    throw new CommandFailure(125, `opening seccomp profile (${path}) failed: open ${path}: ${reason}`, { isBlamed: true, cause });
  }
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw new CommandFailure(125, `compacting json for seccomp profile (${path}) failed: ${String(cause)}`, { isBlamed: true, cause });
  }
}

function refused(message: string): CommandFailure {
  return new CommandFailure(125, message, { isBlamed: true });
}
