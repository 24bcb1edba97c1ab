import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One call of the command line. */
export interface Step {
  readonly line: number;
  readonly args: readonly string[];
  /** For its standard input. */
  readonly input: string;
}

export interface Script {
  readonly name: string;
  readonly steps: readonly Step[];
}

/**
 * Reads scripts: `# name` begins one, `$ arguments` is a step with words quoted as in a shell, and `< text` below a step
 * is a line of its input.
 */
export function parseScripts(text: string): Script[] {
  const scripts: { name: string; steps: Step[] }[] = [];
  text.split("\n").forEach((line, index) => {
    const steps = scripts.at(-1)?.steps;
    const last = steps?.at(-1);
    if (line.startsWith("# ")) scripts.push({ name: line.slice(2), steps: [] });
    else if (line.startsWith("$ ") && steps !== undefined) steps.push({ line: index + 1, args: splitWords(line.slice(2)), input: "" });
    else if (line.startsWith("< ") && steps !== undefined && last !== undefined) steps[steps.length - 1] = { ...last, input: `${last.input}${line.slice(2)}\n` };
    else if (line !== "") throw new Error(`line ${index + 1} is no part of a script: ${line}`);
  });
  return scripts;
}

export function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""));
}

export function readScripts(directory: string): Script[] {
  return readdirSync(directory).sort().flatMap((file) =>
    parseScripts(readFileSync(join(directory, file), "utf8")).map((script) => ({ ...script, name: `${file.replace(/\.txt$/, "")}: ${script.name}` })));
}
