import ts from "typescript";
import { operations, type OperationName } from "../../src/api/operations/index.ts";
import { isEngineError } from "../../src/base/index.ts";
import { parseFlags, type Command } from "../../src/client/cli/command/index.ts";
import { usedLines } from "./command-lines.ts";
import { EvidenceMap } from "./evidence.ts";
import { readTestSources, textOf, walk } from "./test-sources.ts";

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE"]);
/** Of the SDK's client: each takes an operation's name first. */
const sdkCalls: ReadonlySet<string> = new Set(["call", "begin", "lines", "bytes", "hijack", "text", "headers"]);
const hole = "value";

/** The one with the fewest names to fill in first: "/images/get" is no image called "get". */
const patterns = Object.values(operations).map(({ method, path }) => ({
  operation: `${method} ${path}`, method, names: path.split("{").length,
  pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, (_, name: string) => (name === "name" ? ".+" : "[^/]+"))}$`),
})).sort((a, b) => a.names - b.names);

/** Which tests before a real engine call which operation ("GET /containers/json"), by themselves or through a command line. */
export function operationsUsed(known: ReadonlyMap<string, Command>): EvidenceMap {
  const used = new EvidenceMap();
  for (const { file, tree } of readTestSources().filter(({ file: path }) => !path.startsWith("src/"))) {
    walk(tree, (node) => {
      for (const operation of operationsOf(node)) used.add(operation, { file });
    });
  }
  const ofCommands = operationsOfCommands(known);
  for (const { command, words, evidence } of usedLines()) {
    const definition = known.get(command);
    if (definition === undefined || evidence.file.startsWith("src/") || !isAccepted(words, definition)) continue;
    for (const operation of ofCommands.get(command) ?? []) used.add(operation, evidence);
  }
  return used;
}

function operationsOf(node: ts.Node): readonly string[] {
  if (ts.isCallExpression(node)) return [...sdkOperations(node), ...requestsIn(node.arguments), ...fetched(node)];
  const text = textOf(node, hole);
  const raw = text === undefined ? undefined : /^([A-Z]+) (\/\S*) HTTP\/1\.1\r\n/.exec(text);
  return raw === undefined || raw === null ? [] : operationAt(raw[1] ?? "", raw[2] ?? "");
}

function sdkOperations({ expression, arguments: given }: ts.CallExpression): string[] {
  const [first] = given;
  if (!ts.isPropertyAccessExpression(expression) || !sdkCalls.has(expression.name.text) || first === undefined) return [];
  const name = textOf(first, hole) ?? "";
  return isOperation(name) ? [`${operations[name].method} ${operations[name].path}`] : [];
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** A method and a path one after the other, as every helper of the tests takes them. */
function requestsIn(given: readonly ts.Node[]): string[] {
  const texts = given.map((node) => textOf(node, hole));
  return texts.flatMap((method, index) => {
    const path = texts[index + 1];
    return method !== undefined && path !== undefined && methods.has(method) ? operationAt(method, path) : [];
  });
}

/** `fetch("http://engine/…", { method })`. */
function fetched({ expression, arguments: given }: ts.CallExpression): string[] {
  const [address, options] = given;
  if (!ts.isIdentifier(expression) || expression.text !== "fetch" || address === undefined) return [];
  const path = /^http:\/\/engine(\/.*)$/s.exec(textOf(address, hole) ?? "")?.[1];
  if (path === undefined) return [];
  const written = options !== undefined && ts.isObjectLiteralExpression(options)
    ? options.properties.find((property) => ts.isPropertyAssignment(property) && property.name.getText() === "method")
    : undefined;
  const method = written !== undefined && ts.isPropertyAssignment(written) ? textOf(written.initializer, hole) ?? "" : "GET";
  return operationAt(method, path);
}

function operationAt(method: string, target: string): string[] {
  const [path = ""] = target.replace(/^\/v1\.\d+(?=\/)/, "").split("?", 1);
  const find = (written: string): string | undefined => patterns.find((candidate) => candidate.method === method && candidate.pattern.test(written))?.operation;
  // What is computed at the end may be the query.
  return [find(path) ?? find(path.replace(new RegExp(`${hole}$`), "")) ?? []].flat();
}

/** The operations that each command's own function names; what others do for it is not followed. */
function operationsOfCommands(known: ReadonlyMap<string, Command>): ReadonlyMap<string, readonly string[]> {
  return new Map([...known].map(([name, command]) => {
    const named = [...String(Reflect.get(command, "run")).matchAll(/"(\w+)"/g)].map(([, word = ""]) => word).filter(isOperation);
    return [name, [...new Set(named)].map((operation) => `${operations[operation].method} ${operations[operation].path}`)];
  }));
}

/** Whether a line gets as far as asking the engine: one with a wrong flag, or a word too few, does not. */
function isAccepted(words: readonly string[], { flags, arity, isInterspersed = true }: Command): boolean {
  try {
    const { args, wantsHelp } = parseFlags(words, flags, { isInterspersed });
    return !wantsHelp && args.length >= arity.least && args.length <= (arity.most ?? args.length);
  } catch (error) {
    if (isEngineError(error, "invalid-argument")) return false;
    throw error;
  }
}
