import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parseScripts } from "../differential/script.ts";
import type { Evidence } from "./evidence.ts";

const root = join(import.meta.dir, "../..");

/** A file of tests, or of what tests are made of, as its syntax. */
export interface TestSource {
  readonly file: string;
  readonly tree: ts.SourceFile;
}

/**
 * Every test that talks to a real engine, and those of the command line, which look at what is sent. Tests before the fake
 * engine are left out: they show the edge and not what an operation does.
 */
export function readTestSources(): readonly TestSource[] {
  const files = [...globbed("test/{integration,interop,chaos}/**/*.ts"), "test/engine-harness.ts", ...globbed("src/client/**/*.test.ts"), ...globbed("examples/*.ts")];
  return files.filter((file) => !file.endsWith("-wire.test.ts")).map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });
}

/** Every step of every differential script, which both command lines run before both engines. */
export function readScriptSteps(): readonly { readonly words: readonly string[]; readonly evidence: Evidence }[] {
  return globbed("test/differential/scripts/*.txt").flatMap((file) =>
    parseScripts(readFileSync(join(root, file), "utf8")).flatMap(({ name, steps }) => steps.map(({ args }) => ({ words: args, evidence: { file, script: name } }))));
}

function globbed(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync(root)].sort();
}

/** Calls back for every node below one. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => { walk(child, visit); });
}

/** The text of a string or template; what is computed in it becomes `hole`. Undefined for other expressions. */
export function textOf(node: ts.Node, hole: string): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => hole + span.literal.text).join("");
}
