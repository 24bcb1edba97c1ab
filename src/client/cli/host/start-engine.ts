import { mkdirSync, openSync, closeSync, readFileSync, watch } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../../base/index.ts";
import type { Stdio } from "../command/index.ts";

export interface EngineStart {
  /** The command that runs this program again. */
  readonly self: readonly string[];
  readonly host: string;
  readonly io: Stdio;
}

const patience = 60_000;

/**
 * Starts the engine in the background and waits until its socket takes connections.
 * @throws EngineError where the user may not, or where the engine ended instead; its last words are in the message.
 */
export async function startEngine({ self, host, io }: EngineStart): Promise<void> {
  const socket = host.replace(/^unix:\/\//, "");
  if (process.getuid?.() !== 0) {
    throw new EngineError("unavailable", `Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`, {
      hint: "no engine is running: start one as root with `wharf daemon`, or name another with -H or DOCKER_HOST",
    });
  }
  await io.err.write("wharf: no engine is running; starting one in the background\n");
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const logPath = `${folder}/engine.log`;
  const log = openSync(logPath, "a", 0o600);
  const [program = "", ...args] = self;
  // A session of its own: neither this terminal's signals nor its end reach the engine.
  const engine = Bun.spawn(["setsid", program, ...args, "daemon"], { stdin: "ignore", stdout: log, stderr: log, cwd: "/" });
  closeSync(log);
  engine.unref();
  await untilAnswers(socket, { folder, ended: engine.exited, logPath });
}

interface Waiting {
  readonly folder: string;
  readonly ended: Promise<number>;
  readonly logPath: string;
}

/** Tries the socket whenever its folder changes, and now and then: the file appears before it listens. */
async function untilAnswers(socket: string, { folder, ended, logPath }: Waiting): Promise<void> {
  let wake: (() => void) | undefined;
  let exitCode: number | undefined;
  const watcher = watch(folder, () => wake?.());
  ended.then((code) => {
    exitCode = code;
    wake?.();
  }, () => undefined);
  const deadline = Date.now() + patience;
  try {
    for (;;) {
      if (await answers(socket)) return;
      // Another client may have started one at the same time, whose lock ended ours: its socket is as good.
      if (exitCode !== undefined && exitCode !== 0 && !await answers(socket)) throw failed(`the engine ended with exit code ${exitCode}`, logPath);
      if (Date.now() > deadline) throw failed("the engine did not come up", logPath);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      wake = () => { resolve(undefined); };
      const timer = setTimeout(wake, 50);
      await promise;
      clearTimeout(timer);
    }
  } finally {
    watcher.close();
  }
}

async function answers(socket: string): Promise<boolean> {
  try {
    const connection = await Bun.connect({ unix: socket, socket: { data: () => undefined } });
    connection.terminate();
    return true;
  } catch {
    // Not there yet, or not listening yet.
    return false;
  }
}

function failed(message: string, logPath: string): EngineError {
  const words = readFileSync(logPath, "utf8").trimEnd().split("\n").slice(-5).join("\n");
  return new EngineError("unavailable", `${message}: ${words === "" ? "it said nothing" : words}`, { hint: `its log is ${logPath}` });
}
