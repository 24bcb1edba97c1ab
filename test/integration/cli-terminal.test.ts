import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";
import { echoingScript, TerminalSession } from "../terminal-session.ts";

const patience = 120_000;
const program = join(import.meta.dir, "../../src/wharf.ts");
let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, patience);
afterAll(async () => { await engine.close(); }, patience);

/** wharf at a terminal. */
function session(...words: readonly string[]): TerminalSession {
  return new TerminalSession([process.execPath, program, ...words], { ...process.env, DOCKER_HOST: engine.host, WHARF_HOST: engine.host });
}

test("run -it: a terminal of the right size, which follows ours, raw keys, the exit code", async () => {
  const shell = session("run", "--rm", "-it", "busybox", "sh", "-c", echoingScript);
  await shell.shows(/30 100/);
  shell.type("hello\r");
  await shell.shows(/<hello>/);
  shell.resize(91, 27);
  await shell.shows(/27 91/);
  shell.type("end\r");
  expect(await shell.exited).toBe(7);
}, patience);

test("run -it: ctrl-c is the program's, not ours", async () => {
  const shell = session("run", "--rm", "-it", "busybox", "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done");
  await shell.shows(/ready/);
  shell.type("\u0003");
  await shell.shows(/caught/);
  expect(await shell.exited).toBe(5);
}, patience);

test("the detach keys leave the program running; attach comes back to it", async () => {
  const first = session("run", "-it", "--name", "detached", "busybox", "sh", "-c", "echo ready; while :; do read line && echo \"<$line>\"; done");
  await first.shows(/ready/);
  first.type("\u0010\u0011");
  expect(await first.exited).toBe(0);
  expect(engine.command("wharf", "inspect", "-f", "{{.State.Status}}", "detached").stdout).toBe("running\n");
  const second = session("attach", "--detach-keys", "ctrl-x", "detached");
  second.type("again\r");
  await second.shows(/<again>/);
  second.type("\u0018");
  expect(await second.exited).toBe(1);
  await second.shows(/read escape sequence/);
  expect(engine.command("wharf", "rm", "-f", "detached").status).toBe(0);
}, patience);

test("exec -it: its own terminal and exit code", async () => {
  expect(engine.command("wharf", "run", "-d", "--name", "host", "busybox", "sleep", "1000").status).toBe(0);
  const shell = session("exec", "-it", "host", "sh");
  shell.type("stty size; tty; exit 3\r");
  await shell.shows(/30 100\s+\/dev\/pts\/\d+/);
  expect(await shell.exited).toBe(3);
  expect(engine.command("wharf", "rm", "-f", "host").status).toBe(0);
}, patience);
