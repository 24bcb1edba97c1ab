import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeServer } from "../../src/engine/server/fake/index.ts";

const program = join(import.meta.dir, "../../src/wharf.ts");
const patience = 60_000;

let folder: string;
let engine: FakeServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  engine = await FakeServer.start();
});

afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `wharf bootstrap` with a program of the test's in mmdebstrap's place. */
async function bootstrap(words: readonly string[], script?: string): Promise<Result> {
  if (script !== undefined) writeFileSync(join(folder, "mmdebstrap"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const path = script === undefined ? "/nonexistent" : `${folder}:/usr/bin:/bin`;
  const child = spawn(process.execPath, [program, "-H", `unix://${engine.path}`, "bootstrap", ...words], { env: { PATH: path, HOME: folder }, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data: Buffer) => { out += data.toString(); });
  child.stderr.on("data", (data: Buffer) => { err += data.toString(); });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  return { code: await promise, out, err };
}

test("bootstrap: what mmdebstrap makes becomes an image, and what it does is shown", async () => {
  const result = await bootstrap(["debian:trixie", "--include", "curl,git"], 'echo "I: running apt-get update..." >&2; echo "$@" >>"$(dirname "$0")/words"; head -c 10240 /dev/zero');
  expect(result).toMatchObject({ code: 0 });
  expect(result.out).toMatch(/^sha256:\S+\n$/);
  expect(result.err).toContain("running apt-get update...\n");
  const given = await Bun.file(join(folder, "words")).text();
  expect(given).toContain("--include=curl,git trixie -");
}, patience);

test("bootstrap: where mmdebstrap fails, also in the middle of the archive, its words are the error and there is no image", async () => {
  for (const output of ["", "head -c 5120 /dev/zero; "]) {
    const result = await bootstrap(["debian:trixie"], `${output}echo "E: no such suite" >&2; exit 25`);
    expect([result.code, result.out]).toEqual([1, ""]);
    expect(result.err).toContain("debian:trixie could not be made: E: no such suite");
  }
}, patience);

test("bootstrap: without mmdebstrap it says what to install", async () => {
  const result = await bootstrap(["debian:trixie"]);
  expect([result.code, result.out]).toEqual([1, ""]);
  expect(result.err).toContain("mmdebstrap is not installed");
  expect(result.err).toContain("apt-get install mmdebstrap");
}, patience);
