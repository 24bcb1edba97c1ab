import ts from "typescript";
import { commands } from "../../src/client/cli/tree.ts";
import { splitWords } from "../differential/script.ts";
import type { Evidence } from "./evidence.ts";
import { readScriptSteps, readTestSources, textOf, walk } from "./test-sources.ts";

/** A line that a test gives to a command line. */
export interface UsedLine {
  /** The command's long name. */
  readonly command: string;
  readonly words: readonly string[];
  readonly evidence: Evidence;
}

const paths = new Map(commands.flatMap(({ paths: names }) => names.map((name) => [name, names[0] ?? name] as const)));
const unknown = "value";

/** The command lines of all tests: steps of differential scripts, lists of words in calls and arrays, and whole lines as text. */
export function usedLines(): readonly UsedLine[] {
  const steps = readScriptSteps().flatMap(({ words, evidence }) => lineIn(words, evidence));
  const fromCode = readTestSources().flatMap(({ file, tree }) => {
    const lines: UsedLine[] = [];
    walk(tree, (node) => {
      const words = wordsOf(node);
      if (words !== undefined) lines.push(...lineIn(words, { file }));
    });
    return lines;
  });
  return [...steps, ...fromCode];
}

function wordsOf(node: ts.Node): readonly string[] | undefined {
  if (ts.isCallExpression(node)) return listOf(node.arguments);
  if (ts.isArrayLiteralExpression(node)) return listOf(node.elements);
  const text = ts.isStringLiteral(node) || ts.isTemplateExpression(node) ? textOf(node, unknown) : undefined;
  return text?.includes(" ") === true ? splitWords(text) : undefined;
}

function listOf(nodes: readonly ts.Node[]): readonly string[] {
  return nodes.map((node) => textOf(node, unknown) ?? unknown);
}

/** The line from its command on; global flags, the program and what else stands before it are passed over. */
function lineIn(words: readonly string[], evidence: Evidence): UsedLine[] {
  for (const at of words.keys()) {
    for (const length of [2, 1]) {
      const command = paths.get(words.slice(at, at + length).join(" "));
      if (command !== undefined) return [{ command, words: words.slice(at + length), evidence }];
    }
  }
  return [];
}
