import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestEngine } from "../engine-harness.ts";
import { echoingScript, TerminalSession } from "../terminal-session.ts";

const patience = 120_000;
const stock = Bun.which("docker");
const reason = [...(stock === null ? ["there is no docker command"] : []), ...(process.getuid?.() === 0 ? [] : ["an engine needs root"])].join(", ");

/** The stock docker command line as a user at a terminal has it, before wharf's engine. */
describe.skipIf(reason !== "")(`docker on a terminal${reason === "" ? "" : ` (skipped: ${reason})`}`, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await TestEngine.start();
    await engine.addBusybox();
  }, patience);
  afterAll(async () => { await engine.close(); }, patience);

  function session(...words: readonly string[]): TerminalSession {
    return new TerminalSession([stock ?? "docker", ...words], { ...process.env, DOCKER_HOST: engine.host });
  }

  test("run -it: the size, which follows the terminal's, keys, the exit code", async () => {
    const shell = session("run", "--rm", "-it", "busybox", "sh", "-c", echoingScript);
    await shell.shows(/30 100/);
    shell.type("hello\r");
    await shell.shows(/<hello>/);
    shell.resize(91, 27);
    await shell.shows(/27 91/);
    shell.type("end\r");
    expect(await shell.exited).toBe(7);
  }, patience);

  test("exec -it: a terminal of its own, which follows as well, and its exit code", async () => {
    expect(engine.command("docker", "run", "-d", "--name", "host", "busybox", "sleep", "1000").status).toBe(0);
    const shell = session("exec", "-it", "host", "sh", "-c", echoingScript);
    await shell.shows(/30 100/);
    shell.resize(80, 24);
    await shell.shows(/24 80/);
    shell.type("end\r");
    expect(await shell.exited).toBe(7);
  }, patience);

  test("the detach keys leave it running; attach comes back, and ctrl-c is the program's", async () => {
    const first = session("run", "-it", "--name", "detached", "busybox", "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do read line && echo \"<$line>\"; done");
    await first.shows(/ready/);
    first.type("\u0010\u0011");
    expect(await first.exited).toBe(0);
    expect(engine.command("docker", "inspect", "-f", "{{.State.Status}}", "detached").stdout).toBe("running\n");
    const second = session("attach", "detached");
    second.type("again\r");
    await second.shows(/<again>/);
    second.type("\u0003");
    await second.shows(/caught/);
    expect(await second.exited).toBe(5);
  }, patience);
});
