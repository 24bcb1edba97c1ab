import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { TestEngine } from "../engine-harness.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, 120_000);

afterAll(async () => { await engine.close(); }, 120_000);

const time = 120_000;

function docker(...words: readonly string[]): { status: number; stdout: string; stderr: string } {
  return engine.command("docker", ...words);
}

function logged(name: string, script: string, ...words: readonly string[]): void {
  expect(docker("run", "-d", "--name", name, ...words, "busybox", "sh", "-c", script).status).toBe(0);
  docker("wait", name);
}

test("logs: both streams, the last lines, bytes as they came, a line without an end", () => {
  logged("plain", "echo one; printf 'a\\000b\\377\\n'; i=0; while [ $i -lt 3000 ]; do printf 0123456789; i=$((i+1)); done; echo; printf end");
  const { stdout } = docker("logs", "plain");
  expect(stdout.length).toBe("one\na0bX\n".length + 30_000 + 1 + "end".length);
  expect(stdout.startsWith("one\na\0b")).toBe(true);
  expect(docker("logs", "--tail", "1", "plain").stdout).toBe("end");
  expect(docker("logs", "--tail", "2", "plain").stdout).toBe(`${"0123456789".repeat(3000)}\nend`);
  expect(docker("logs", "-n", "0", "plain").stdout).toBe("");
  logged("both", "echo out; echo err >&2");
  expect(docker("logs", "both")).toEqual({ status: 0, stdout: "out\n", stderr: "err\n" });
}, time);

test("logs: times and details", () => {
  logged("tagged", "echo one", "--log-opt", "labels=tier", "--log-opt", "tag={{.Name}}", "--label", "tier=front");
  expect(docker("logs", "-t", "tagged").stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one\n$/);
  expect(docker("logs", "--details", "tagged").stdout).toBe("tag=tagged,tier=front one\n");
  expect(docker("logs", "--since", "1h", "tagged").stdout).toBe("one\n");
  expect(docker("logs", "--until", "1h", "tagged").stdout).toBe("");
}, time);

test("logs --follow: everything, and it ends with the container", async () => {
  expect(docker("run", "-d", "--name", "followed", "busybox", "sh", "-c", "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; read x < /dev/null; usleep 200000; echo last").status).toBe(0);
  const child = spawn("docker", ["logs", "-f", "followed"], { env: { ...process.env, DOCKER_HOST: engine.host }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  await ended;
  expect(text).toBe(`${Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join("")}last\n`);
}, time);

test("logs: the driver none keeps nothing and says so; one that there is not is refused", () => {
  logged("silent", "echo one", "--log-driver", "none");
  const { status, stderr } = docker("logs", "silent");
  expect(status).not.toBe(0);
  expect(stderr).toContain("configured logging driver does not support reading");
  expect(docker("create", "--log-opt", "colour=red", "busybox").stderr).toContain("unknown log opt 'colour' for json-file log driver");
}, time);
