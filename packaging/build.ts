import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/*
 * Makes the single-file executable, its sources compiled ahead of time:
 *
 *   bun packaging/build.ts [FILE]     one to keep or to copy elsewhere, by default build/wharf
 *   bun packaging/build.ts --cache    the one that ./wharf becomes, which starts in half the time that the sources take;
 *                                     it goes away by itself when a source has changed, and runs the sources
 */

const root = join(import.meta.dir, "..");
const cached = join(root, "node_modules/.cache/wharf");
const program = join(root, "src/wharf.ts");

/** koffi finds its native part by paths that an executable does not have; here it is named outright, and so embedded. */
const embeddedKoffi: Bun.BunPlugin = {
  name: "embedded koffi",
  setup(build) {
    const resolved = createRequire(join(root, "package.json")).resolve(`@koromix/koffi-linux-${process.arch}`);
    const path = join(dirname(resolved), `linux_${process.arch}`, "koffi.node");
    build.onResolve({ filter: /^koffi$/ }, () => ({ path, namespace: "file" }));
  },
};

/** Every source file and when it was last changed. */
function sourceTimes(): Readonly<Record<string, number>> {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync(root)].filter((file) => !file.endsWith(".test.ts"));
  return Object.fromEntries(files.map((file) => [join(root, file), statSync(join(root, file)).mtimeMs]));
}

function guardedEntry(executable: string): string {
  return `
const { rmSync, statSync } = require("node:fs");
const times = ${JSON.stringify(sourceTimes())};
function isFresh() {
  try {
    for (const file in times) if (statSync(file).mtimeMs !== times[file]) return false;
    return true;
  } catch {
    return false;
  }
}
if (isFresh()) require(${JSON.stringify(program)});
else {
  try { rmSync(${JSON.stringify(executable)}); } catch {}
  import(${JSON.stringify(dirname(program))} + "/" + "wharf.ts");
}
`;
}

async function compile(entrypoint: string, outfile: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: [entrypoint],
    target: "bun",
    format: "cjs",
    bytecode: true,
    minify: { syntax: true, whitespace: true },
    compile: { outfile },
    plugins: [embeddedKoffi],
  });
  for (const message of result.logs) console.error(message);
  if (!result.success) throw new Error("the sources could not be compiled");
}

async function fillCache(): Promise<void> {
  mkdirSync(dirname(cached), { recursive: true });
  const aside = mkdtempSync(`${cached}-`);
  try {
    const entry = join(aside, "entry.js");
    writeFileSync(entry, guardedEntry(cached));
    await compile(entry, join(aside, "wharf"));
    renameSync(join(aside, "wharf"), cached);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

if (process.argv[2] === "--cache") {
  await fillCache();
} else {
  const outfile = resolve(process.argv[2] ?? join(root, "build/wharf"));
  mkdirSync(dirname(outfile), { recursive: true });
  await compile(program, outfile);
  console.log(outfile);
}
