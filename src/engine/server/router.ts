import { EngineError } from "../../base/index.ts";
import {
  newestApiVersion, operations, parseApiVersion, type ApiVersion, type Operation, type OperationName,
} from "../../api/operations/index.ts";

export interface Route {
  readonly name: OperationName;
  readonly operation: Operation;
  /** Values of the names in the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly version: ApiVersion;
  /** What follows the question mark. */
  readonly query: string;
}

interface Pattern {
  readonly name: OperationName;
  readonly before: string;
  readonly parameter: string;
  readonly after: string;
}

export type Router = (method: string, target: string) => Route;

/**
 * Routes by the contract's data. A name in a path may hold slashes, as names of images do; what is spelled out comes
 * before what is a name, and the longer ending before the shorter.
 */
export function makeRouter(): Router {
  const spelledOut = new Map<string, OperationName>();
  const patterns = new Map<string, Pattern[]>();
  for (const name of operationNames()) {
    const { method, path } = operations[name];
    const parts = /^([^{]*)\{(\w+)\}(.*)$/.exec(path);
    if (parts === null) {
      spelledOut.set(`${method} ${path}`, name);
      continue;
    }
    const [, before = "", parameter = "", after = ""] = parts;
    const key = `${method} ${firstPart(path)}`;
    patterns.set(key, [...(patterns.get(key) ?? []), { name, before, parameter, after }]);
  }
  for (const list of patterns.values()) list.sort((one, other) => other.after.length - one.after.length);
  return (method, target) => route({ spelledOut, patterns }, method, target);
}

interface Table {
  readonly spelledOut: ReadonlyMap<string, OperationName>;
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
}

function route(table: Table, method: string, target: string): Route {
  const mark = target.indexOf("?");
  const whole = mark < 0 ? target : target.slice(0, mark);
  const versioned = /^\/v([0-9][0-9.]*)(\/.*)$/.exec(whole);
  const path = versioned?.[2] ?? whole;
  const found = find(table, method, path);
  if (found === undefined) throw pageNotFound();
  const version = versioned?.[1] === undefined ? newestApiVersion : parseApiVersion(versioned[1]);
  const operation: Operation = operations[found.name];
  if (version < (operation.since ?? 0) || version > (operation.until ?? newestApiVersion)) throw pageNotFound();
  return { ...found, operation, version, query: mark < 0 ? "" : target.slice(mark + 1) };
}

function find(table: Table, method: string, path: string): Pick<Route, "name" | "path"> | undefined {
  const name = table.spelledOut.get(`${method} ${path}`);
  if (name !== undefined) return { name, path: {} };
  for (const pattern of table.patterns.get(`${method} ${firstPart(path)}`) ?? []) {
    const { before, after } = pattern;
    if (path.length <= before.length + after.length || !path.startsWith(before) || !path.endsWith(after)) continue;
    const value = decodePart(path.slice(before.length, path.length - after.length));
    return { name: pattern.name, path: { [pattern.parameter]: value } };
  }
  return undefined;
}

/** "/containers/…" of a path. */
function firstPart(path: string): string {
  const slash = path.indexOf("/", 1);
  return slash < 0 ? path : path.slice(0, slash);
}

function decodePart(part: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(part);
  } catch (error) {
    throw new EngineError("invalid-argument", `malformed path ${JSON.stringify(part.slice(0, 80))}`, { cause: error });
  }
  if (decoded.includes("\0")) throw new EngineError("invalid-argument", "a name must not hold a null character");
  return decoded;
}

function operationNames(): OperationName[] {
  // The keys of the table are its names, which Object.keys does not tell the compiler.
  return Object.keys(operations) as OperationName[];
}

function pageNotFound(): EngineError {
  return new EngineError("not-found", "page not found");
}
