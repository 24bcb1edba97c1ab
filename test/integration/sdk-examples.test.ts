import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

const patience = 120_000;
const root = join(import.meta.dir, "../..");
const reason = process.getuid?.() === 0 ? "" : " (skipped: an engine needs root)";

/** docs/sdk.md has each example whole, and below it what it prints. */
const shown = new Map([...readFileSync(join(root, "docs/sdk.md"), "utf8").matchAll(/\(\.\.\/examples\/([\w-]+\.ts)\)\n\n```ts\n([^]*?)```\n\n```text\n([^]*?)```/g)]
  .map(([, name = "", program = "", output = ""]) => [name, { program, output }]));

describe.skipIf(reason !== "")(`examples of the SDK, as programs of their own that import the package${reason}`, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await TestEngine.start();
    await engine.addBusybox();
  }, patience);
  afterAll(async () => { await engine.close(); }, patience);

  test("each is on the page", () => {
    expect([...shown.keys()].sort()).toEqual(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts")).sort());
  });

  for (const [name, { program, output }] of shown) {
    test(name, async () => {
      expect(readFileSync(join(root, "examples", name), "utf8")).toBe(program);
      const child = Bun.spawn([process.execPath, join(root, "examples", name)], { env: { ...process.env, DOCKER_HOST: engine.host }, stdout: "pipe", stderr: "pipe" });
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      expect({ out, err, code }).toEqual({ out: output, err: "", code: 0 });
    }, patience);
  }
});
