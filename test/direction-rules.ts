import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Which top folders of src/ a top folder may import (docs/architecture.md, "Rooms"). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  api: ["base"],
  host: ["base"],
  engine: ["api", "host", "base"],
  client: ["api", "base"],
};

interface SourceFile {
  /** Relative to the root of the sources. */
  readonly path: string;
  readonly text: string;
  /** As they are written. */
  readonly imports: readonly string[];
  /** Files of the same sources that it imports, relative to their root. */
  readonly targets: readonly string[];
}

/** Every import below a folder of sources that goes a way it must not go, one line each. */
export function findWrongImports(root: string): string[] {
  const files = [...new Bun.Glob("**/*.ts").scanSync(root)].sort().map((path) => readSource(root, path));
  return [...files.flatMap(wrongIn), ...cyclesAmong(files)];
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  // The compiler sees imports of types too, which a transpiler has already dropped.
  const imports = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const targets = imports.filter((each) => each.startsWith(".")).map((each) => relative(root, join(root, dirname(path), each)));
  return { path, text, imports, targets };
}

function roomOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : "";
}

function wrongIn(file: SourceFile): string[] {
  const room = roomOf(file.path);
  const wrong: string[] = [];
  const complain = (what: string): number => wrong.push(`src/${file.path}: ${what}`);
  // A file of the top chooses between the halves, so it may import both.
  if (room !== "" && allowed[room] === undefined) complain(`${room} is no room of src/`);
  if (file.imports.includes("koffi") && room !== "host") complain("system calls are made in src/host only");
  if (exportsEverything(file)) complain("export * hides what a door offers");
  for (const target of file.targets) {
    const targetRoom = roomOf(target);
    const mayImport = room === "" || targetRoom === room || allowed[room]?.includes(targetRoom) === true;
    if (!mayImport) complain(`${room} must not import ${targetRoom}`);
    if (dirname(target) !== dirname(file.path) && !target.endsWith("/index.ts")) complain(`imports ${target} past its folder's index.ts`);
  }
  return wrong;
}

function exportsEverything({ path, text }: SourceFile): boolean {
  if (!/export\s+(?:type\s+)?\*/.test(text)) return false;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return source.statements.some(
    (statement) => ts.isExportDeclaration(statement) && (statement.exportClause === undefined || ts.isNamespaceExport(statement.exportClause)),
  );
}

/** Each ring of files that import each other, told once, from the file whose name comes first. */
function cyclesAmong(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push(`src/${[...trail.slice(start), path].join(" -> ")}: a cycle of imports`);
    if (start >= 0 || done.has(path)) return;
    for (const target of byPath.get(path)?.targets ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
