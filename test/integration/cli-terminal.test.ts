import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";

const patience = 120_000;
const program = join(import.meta.dir, "../../src/wharf.ts");
let engine: TestEngine;

beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.addBusybox();
}, patience);
afterAll(async () => { await engine.close(); }, patience);

/** wharf on a terminal of its own. */
class Session {
  readonly terminal: Bun.Terminal;
  readonly exited: Promise<number>;
  readonly #process: Bun.Subprocess;
  #seen = "";
  #ended: number | undefined;
  #wake: (() => void) | undefined;

  constructor(...words: readonly string[]) {
    this.terminal = new Bun.Terminal({
      cols: 100, rows: 30,
      data: (_, bytes) => {
        this.#seen += Buffer.from(bytes).toString();
        this.#wake?.();
      },
    });
    this.#process = Bun.spawn([process.execPath, program, ...words], { terminal: this.terminal, env: { ...process.env, DOCKER_HOST: engine.host, WHARF_HOST: engine.host } });
    this.exited = this.#process.exited;
    void this.exited.then((code) => {
      this.#ended = code;
      this.#wake?.();
    });
  }

  type(text: string): void {
    this.terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    // It is not the program's controlling terminal, for which the kernel would send the signal.
    this.#process.kill("SIGWINCH");
  }

  /** Resolves when this has appeared since the last call; fails by the test's time limit. */
  async shows(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#seen);
      if (match !== null) {
        this.#seen = this.#seen.slice(match.index + match[0].length);
        return match[0];
      }
      if (this.#ended !== undefined) throw new Error(`ended with ${this.#ended} before ${String(pattern)}: ${this.#seen}`);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => { resolve(undefined); };
      await promise;
    }
  }
}

/** Tells its terminal's size at first and whenever it changes, and echoes lines; a signal makes a read fail, and it reads again. */
const echoing = `trap 'stty size' WINCH
stty size
while :; do
  read line || continue
  echo "<$line>"
  [ "$line" = end ] && exit 7
done`;

test("run -it: a terminal of the right size, which follows ours, raw keys, the exit code", async () => {
  const session = new Session("run", "--rm", "-it", "busybox", "sh", "-c", echoing);
  await session.shows(/30 100/);
  session.type("hello\r");
  await session.shows(/<hello>/);
  session.resize(91, 27);
  await session.shows(/27 91/);
  session.type("end\r");
  expect(await session.exited).toBe(7);
}, patience);

test("run -it: ctrl-c is the program's, not ours", async () => {
  const session = new Session("run", "--rm", "-it", "busybox", "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done");
  await session.shows(/ready/);
  session.type("\u0003");
  await session.shows(/caught/);
  expect(await session.exited).toBe(5);
}, patience);

test("the detach keys leave the program running; attach comes back to it", async () => {
  const first = new Session("run", "-it", "--name", "detached", "busybox", "sh", "-c", "echo ready; while :; do read line && echo \"<$line>\"; done");
  await first.shows(/ready/);
  first.type("\u0010\u0011");
  expect(await first.exited).toBe(0);
  expect(engine.command("wharf", "inspect", "-f", "{{.State.Status}}", "detached").stdout).toBe("running\n");
  const second = new Session("attach", "--detach-keys", "ctrl-x", "detached");
  second.type("again\r");
  await second.shows(/<again>/);
  second.type("\u0018");
  expect(await second.exited).toBe(1);
  await second.shows(/read escape sequence/);
  expect(engine.command("wharf", "rm", "-f", "detached").status).toBe(0);
}, patience);

test("exec -it: its own terminal and exit code", async () => {
  expect(engine.command("wharf", "run", "-d", "--name", "host", "busybox", "sleep", "1000").status).toBe(0);
  const session = new Session("exec", "-it", "host", "sh");
  session.type("stty size; tty; exit 3\r");
  await session.shows(/30 100\s+\/dev\/pts\/\d+/);
  expect(await session.exited).toBe(3);
  expect(engine.command("wharf", "rm", "-f", "host").status).toBe(0);
}, patience);
