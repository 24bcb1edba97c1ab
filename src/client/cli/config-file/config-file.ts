import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { EngineError } from "../../../base/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker's own client keeps its settings, contexts and credentials. */
export function configFolder(environment: Environment, given: string): string {
  return given || environment["DOCKER_CONFIG"] || `${environment["HOME"] ?? ""}/.docker`;
}

/** config.json of that folder; empty where there is none. @throws EngineError for one that cannot be read. */
export function readConfigFile(folder: string): Readonly<Record<string, unknown>> {
  return readJsonObject(`${folder}/config.json`) ?? {};
}

/**
 * Writes config.json anew with some keys changed, undefined taking one away; all others stay, also those that nobody here
 * knows. Where nothing changes nothing is written.
 */
export function changeConfigFile(folder: string, changes: Readonly<Record<string, unknown>>): void {
  const before = readConfigFile(folder);
  const after = Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined));
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A user may keep the file elsewhere and have a link to it here: the link stays.
  const path = resolved(`${folder}/config.json`);
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, JSON.stringify({ auths: {}, ...after }, undefined, "\t"), { mode: 0o600 });
  renameSync(aside, path);
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // There is none yet.
    return path;
  }
}

/** A file with a JSON object in it; undefined where there is none. */
export function readJsonObject(path: string): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new EngineError("invalid-argument", `cannot read ${path}`, { cause: error });
  }
  if (text.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new EngineError("invalid-argument", `${path} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!isObject(parsed)) throw new EngineError("invalid-argument", `${path} has to hold a JSON object`);
  return parsed;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
