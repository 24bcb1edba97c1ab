import { readFile } from "node:fs/promises";
import { EngineError } from "../../../base/index.ts";

export interface EnvironmentSources {
  readonly files: readonly string[];
  readonly values: readonly string[];
  /** Of this process: what a name without a value stands for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Variables of files and of flags, in this order; a name alone takes the value that it has here, or is left out. */
export async function environmentOf({ files, values, environment }: EnvironmentSources): Promise<string[]> {
  const lines: string[] = [];
  for (const file of files) lines.push(...await variablesOfFile(file, environment));
  for (const value of values) {
    if (value === "" || value.startsWith("=")) throw new EngineError("invalid-argument", `invalid environment variable: ${value}`);
    lines.push(value);
  }
  return lines.flatMap((line) => resolved(line, environment));
}

function resolved(line: string, environment: EnvironmentSources["environment"]): string[] {
  if (line.includes("=")) return [line];
  const value = environment[line];
  return value === undefined ? [] : [`${line}=${value}`];
}

async function variablesOfFile(file: string, environment: EnvironmentSources["environment"]): Promise<string[]> {
  return linesOf(file, await textOfFile(file)).flatMap((line) => resolved(line, environment));
}

/** Lines of a file of variables or labels: `name=value` or `name`; those that begin with # are comments. */
export function linesOf(file: string, text: string): string[] {
  const lines: string[] = [];
  for (const [index, raw] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    const line = raw.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals < 0 ? line.trim() : line.slice(0, equals);
    if (name === "") throw new EngineError("invalid-argument", `invalid env file (${file}): no variable name on line '${line}'`);
    if (/\s/.test(name)) throw new EngineError("invalid-argument", `invalid env file (${file}): variable '${name}' contains whitespaces`);
    if (line.includes("\ufffd")) throw new EngineError("invalid-argument", `invalid env file (${file}): invalid utf8 bytes at line ${index + 1}`);
    lines.push(equals < 0 ? name : line);
  }
  return lines;
}

export async function textOfFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new EngineError("invalid-argument", fileProblem(file, error), { cause: error });
  }
}

function fileProblem(file: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `open ${file}: no such file or directory`;
  if (code === "EACCES") return `open ${file}: permission denied`;
  if (code === "EISDIR") return `read ${file}: is a directory`;
  return `open ${file}: ${error instanceof Error ? error.message : String(error)}`;
}
