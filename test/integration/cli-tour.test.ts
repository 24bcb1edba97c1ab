import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

const patience = 180_000;
const root = join(import.meta.dir, "../..");
let engine: TestEngine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wharf-tour-"));
  engine = await TestEngine.start();
  await engine.addBusybox();
}, patience);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}, patience);

test("the tour of the README runs as it is written", async () => {
  const tour = /```sh\n([^]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
  expect(tour).toContain("./wharf run -d --name web");
  writeFileSync(join(folder, "wharf"), `#!/bin/sh\nexec "${process.execPath}" "${join(root, "src/wharf.ts")}" "$@"\n`);
  chmodSync(join(folder, "wharf"), 0o755);
  const shell = Bun.spawn(["sh", "-e", "-c", tour], {
    cwd: folder, stdin: "ignore", stdout: "pipe", stderr: "pipe", env: { ...process.env, DOCKER_HOST: engine.host, WHARF_HOST: engine.host },
  });
  const [out, err, code] = await Promise.all([shell.stdout.text(), shell.stderr.text(), shell.exited]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/NAMES\n[0-9a-f]{12} +busybox .* web\n/);
  expect(out).toMatch(/\n([0-9a-f]{12})\n\1\nrunning \[httpd -f -h \/etc\]\n/);
  expect(out).toMatch(/\ndata\nkept\n/);
  expect(out).toContain("Loaded image: busybox:latest\n");
  expect(out).toEndWith("web\ndata\n");
}, patience);
