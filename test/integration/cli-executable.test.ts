import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

const patience = 240_000;
let engine: TestEngine;
let folder: string;
let executable: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wharf-executable-"));
  executable = join(folder, "wharf");
  const build = spawnSync(process.execPath, [join(import.meta.dir, "../../packaging/build.ts"), executable], { encoding: "utf8" });
  if (build.status !== 0) throw new Error(`the executable could not be made: ${build.stderr}`);
  engine = await TestEngine.start();
  await engine.addBusybox();
}, patience);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}, patience);

function run(...words: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(executable, words, { encoding: "utf8", cwd: "/", env: { PATH: process.env["PATH"], HOME: folder, DOCKER_HOST: engine.host } });
  return { status, stdout, stderr };
}

test("the single-file executable is the command line", () => {
  expect(run("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2; exit 3")).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
  expect(run("ps", "--format", "{{.ID}}")).toEqual({ status: 0, stdout: "", stderr: "" });
}, patience);

test("and the engine: its native part is inside", () => {
  const second = run("daemon", "--data-root", join(engine.root, "d"), "--exec-root", join(folder, "x"), "-H", `unix://${join(folder, "x.sock")}`, "--bridge", `${engine.bridge}x`);
  expect(second.status).not.toBe(0);
  // The lock of the data root is a system call, refused because the other engine holds it.
  expect(second.stderr).toContain(join(engine.root, "d"));
}, patience);
