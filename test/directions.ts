import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Which top folders of src/ a top folder may import (docs/architecture.md, "Rooms"). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  api: ["base"],
  host: ["base"],
  engine: ["api", "host", "base"],
  client: ["api", "base"],
  // The program itself, which loads one half or the other.
  "wharf.ts": ["engine", "client"],
};

const root = join(import.meta.dir, "..", "src");
const wrong: string[] = [];
for (const file of new Bun.Glob("**/*.ts").scanSync(root)) {
  const text = await Bun.file(join(root, file)).text();
  const room = file.split("/")[0] ?? "";
  const edges = allowed[room];
  if (edges === undefined) wrong.push(`src/${file}: ${room} is no room of src/`);
  // The compiler sees imports of types too, which a transpiler has already dropped.
  for (const { fileName: path } of ts.preProcessFile(text).importedFiles) {
    if (path === "koffi" && room !== "host") wrong.push(`src/${file}: system calls are made in src/host only`);
    if (!path.startsWith(".")) continue;
    const target = relative(root, join(root, dirname(file), path));
    const targetRoom = target.split("/")[0] ?? "";
    if (targetRoom !== room && !edges?.includes(targetRoom)) wrong.push(`src/${file}: ${room} must not import ${targetRoom}`);
    const throughDoor = dirname(target) === dirname(file) || target.endsWith("/index.ts");
    if (!throughDoor) wrong.push(`src/${file}: imports ${path} past its folder's index.ts`);
  }
}
for (const line of wrong) console.error(`${line} (docs/architecture.md, "Rooms")`);
process.exit(wrong.length === 0 ? 0 : 1);
