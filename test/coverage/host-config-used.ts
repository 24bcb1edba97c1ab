import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Command } from "../../src/client/cli/command/index.ts";
import { usedLines } from "./command-lines.ts";
import { EvidenceMap } from "./evidence.ts";
import { flagsIn } from "./flags-used.ts";
import { readTestSources, walk } from "./test-sources.ts";

const createRequest = join(import.meta.dir, "../../src/client/cli/container/create-request.ts");
const readers: ReadonlySet<string> = new Set(["text", "list", "number", "isOn", "duration", "isGiven"]);

/** Which tests make containers with which field of HostConfig: in a request of their own, or by a flag of `run` or `create`. */
export function hostConfigUsed(known: ReadonlyMap<string, Command>): EvidenceMap {
  const used = new EvidenceMap();
  for (const { file, tree } of readTestSources().filter(({ file: path }) => path.startsWith("test/"))) {
    walk(tree, (node) => {
      for (const field of [...fieldsGiven(node), ...fieldsChecked(node)]) used.add(field, { file });
    });
  }
  const fields = fieldsOfFlags();
  for (const { command, words, evidence } of usedLines()) {
    const definition = known.get(command);
    if (definition === undefined || !["container run", "container create"].includes(command) || evidence.file.startsWith("src/")) continue;
    for (const { name } of flagsIn(words, definition)) for (const field of fields.get(name) ?? []) used.add(field, evidence);
  }
  return used;
}

/** The names within `HostConfig: { … }`, or what a helper called `host` makes that of. */
function fieldsGiven(node: ts.Node): readonly string[] {
  const given = hostConfigIn(node);
  if (given === undefined || !ts.isObjectLiteralExpression(given)) return [];
  return given.properties.flatMap((property) =>
    ((ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property)) && ts.isIdentifier(property.name) ? [property.name.text] : []));
}

function hostConfigIn(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && /^hostconfig$/i.test(node.name.getText())) return node.initializer;
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "host" ? node.arguments[0] : undefined;
}

/** The names of a table that has a check for each field, except those whose check is that another test is there. */
function fieldsChecked(node: ts.Node): readonly string[] {
  if (!ts.isVariableDeclaration(node) || node.type?.getText().includes("keyof HostConfig") !== true) return [];
  if (node.initializer === undefined || !ts.isObjectLiteralExpression(node.initializer)) return [];
  return node.initializer.properties.flatMap((property) =>
    (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) && isCheck(property.initializer) ? [property.name.text] : []));
}

/** A name stands for a check made elsewhere, and so does an object that tells a file. */
function isCheck(check: ts.Expression): boolean {
  if (ts.isIdentifier(check)) return false;
  return !ts.isObjectLiteralExpression(check) || !check.properties.some((property) => property.name?.getText() === "file");
}

/** Which fields each flag fills, by what the command line itself does: `Field: … flags.text("flag") …`. */
export function fieldsOfFlags(): ReadonlyMap<string, readonly string[]> {
  const tree = ts.createSourceFile(createRequest, readFileSync(createRequest, "utf8"), ts.ScriptTarget.Latest, true);
  const variables = new Map<string, readonly string[]>();
  walk(tree, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
    // Also of a list that is taken apart: each part comes of the same flags.
    const names = ts.isIdentifier(node.name) ? [node.name.text] : node.name.elements.flatMap((element) => (ts.isBindingElement(element) && ts.isIdentifier(element.name) ? [element.name.text] : []));
    for (const name of names) variables.set(name, flagsRead(node.initializer, variables));
  });
  const fields = new Map<string, string[]>();
  walk(tree, (node) => {
    const [field, source] = fieldOf(node);
    if (field === undefined || source === undefined) return;
    for (const flag of flagsRead(source, variables)) fields.set(flag, [...fields.get(flag) ?? [], field]);
  });
  return fields;
}

/** `Field: source`, or `mapIfGiven("Field", source)`. */
function fieldOf(node: ts.Node): readonly [string?, ts.Node?] {
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) return [node.name.text, node.initializer];
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return [];
  const [first, second] = node.arguments;
  return first !== undefined && ts.isStringLiteral(first) && second !== undefined ? [first.text, second] : [];
}

function flagsRead(node: ts.Node, variables: ReadonlyMap<string, readonly string[]>): string[] {
  const flags: string[] = [];
  walk(node, (child) => {
    if (ts.isIdentifier(child)) flags.push(...variables.get(child.text) ?? []);
    if (!ts.isCallExpression(child) || !ts.isPropertyAccessExpression(child.expression) || !readers.has(child.expression.name.text)) return;
    const [first] = child.arguments;
    if (first !== undefined && ts.isStringLiteral(first)) flags.push(first.text);
  });
  return flags;
}
