import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { EngineError } from "../../base/index.ts";
import { identifyProcess, type ProcessIdentity } from "../process/index.ts";
import { plainText, StartFailure } from "../runtime/index.ts";

export interface MonitorRequest {
  /** The container's id, which is also the runtime's name for it. */
  readonly container: string;
  /** The program that is to run, for the text of an error. */
  readonly program: string;
  /** Folder with config.json for a container; for an exec any folder of its own. The attach and control files appear in it. */
  readonly folder: string;
  /** Where the exit code is left, as a file named after the container. */
  readonly exitFolder: string;
  readonly runtime: { readonly executable: string; readonly arguments: readonly string[] };
  readonly terminal: boolean;
  /** Whether the program's standard input stays open for whoever attaches. */
  readonly stdin: boolean;
  /** Whether standard input outlives the client that wrote to it. */
  readonly stdinStaysOpen?: boolean;
  /** The log file; none: the output goes to attached clients only. */
  readonly log?: string;
  /** For a command in a running container: the file that holds its process specification. */
  readonly exec?: { readonly processSpec: string };
}

/** A conmon that watches a program: both go on when the engine dies. */
export interface Monitor {
  readonly conmon: ProcessIdentity;
  readonly program: ProcessIdentity;
}

/** An exec whose program waits until it is told to run, so that a client can be attached before its first output. */
export interface PreparedExec {
  /** Path of the attach socket. */
  readonly socket: string;
  /** Starts the program. @throws StartFailure when the runtime cannot start it */
  run(): Promise<Monitor>;
}

const environmentForFiles = { start: "_OCI_STARTPIPE", sync: "_OCI_SYNCPIPE", attach: "_OCI_ATTACHPIPE" } as const;

/**
 * Starts conmon, which has the runtime create the container; its program waits for `start`.
 * @throws StartFailure when the runtime could not create it; nothing is left running then
 */
export async function startMonitor(request: MonitorRequest): Promise<Monitor> {
  const child = await spawnConmon(request, ["sync"]);
  return finishStart(request, child, firstLine(child, 3));
}

/** A conmon that waits to be told that its container can be made. */
export interface PreparedMonitor {
  /** Has the runtime create the container. @throws StartFailure when it could not; nothing is left running then */
  create(): Promise<Monitor>;
  /** It is not wanted after all. */
  abandon(): Promise<void>;
}

/**
 * Starts conmon ahead of time: it loads while the container's network and files are made. Until `create` it needs the
 * request's folder and nothing in it.
 */
export async function prepareMonitor(request: MonitorRequest): Promise<PreparedMonitor> {
  const child = await spawnConmon(request, ["sync", "start"]);
  const start = child.stdio[4] as Writable;
  const answer = firstLine(child, 3);
  return {
    create: async () => {
      start.end("\0");
      return finishStart(request, child, answer);
    },
    abandon: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await answer;
    },
  };
}

/** Starts conmon for a command in a running container and holds the command until `run`. */
export async function prepareExec(request: MonitorRequest): Promise<PreparedExec> {
  const child = await spawnConmon(request, ["sync", "start", "attach"]);
  const start = child.stdio[4] as Writable;
  const answer = firstLine(child, 3);
  const ready = firstLine(child, 5);
  // The first byte lets conmon go on to its attach socket, the second to the program.
  start.write("\0");
  if ((await ready) === undefined) throw await failure(request, child, undefined);
  return {
    socket: `${request.folder}/attach`,
    run: async () => {
      start.end("\0");
      return finishStart(request, child, answer);
    },
  };
}

async function finishStart(request: MonitorRequest, child: ChildProcess, line: Promise<string | undefined>): Promise<Monitor> {
  const answer = parseAnswer(await line);
  if (answer === undefined || answer.data <= 0) throw await failure(request, child, answer?.message);
  const conmonPid = Number(readFileSync(`${request.folder}/conmon.pid`, "utf8"));
  const program = identifyProcess(answer.data) ?? { pid: answer.data, startTime: 0 };
  const conmon = identifyProcess(conmonPid) ?? { pid: conmonPid, startTime: 0 };
  // conmon of an exec keeps the other ends as long as its program lives, and an engine with one open would not end.
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
  return { conmon, program };
}

async function spawnConmon(request: MonitorRequest, pipes: readonly (keyof typeof environmentForFiles)[]): Promise<ChildProcess> {
  const environment: Record<string, string> = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  pipes.forEach((name, i) => (environment[environmentForFiles[name]] = String(3 + i)));
  const child = spawn("conmon", conmonArguments(request), {
    cwd: request.folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "ignore", "pipe", ...pipes.map(() => "pipe" as const)],
  });
  if (child.pid === undefined) {
    const [cause] = (await once(child, "error")) as [unknown];
    throw new EngineError("unavailable", `cannot start conmon, which watches containers: ${String(cause)}`, {
      hint: "install the Debian package conmon",
      cause,
    });
  }
  return child;
}

/** The command line for a request (conmon(8)). */
export function conmonArguments(request: MonitorRequest): string[] {
  const { container, folder, exitFolder, runtime } = request;
  return [
    "--api-version", "1", "--cid", container, "--cuuid", container, "--name", container,
    "--runtime", runtime.executable, ...runtime.arguments.flatMap((argument) => ["--runtime-arg", argument]),
    "--bundle", folder, "--full-attach", "--no-sync-log",
    "--container-pidfile", `${folder}/program.pid`, "--conmon-pidfile", `${folder}/conmon.pid`,
    "--exit-dir", exitFolder, "--log-path", request.log === undefined ? "none:" : `k8s-file:${request.log}`,
    ...(request.terminal ? ["--terminal"] : []),
    ...(request.stdin ? ["--stdin"] : []),
    ...(request.stdinStaysOpen === true ? ["--leave-stdin-open"] : []),
    ...(request.exec === undefined ? [] : ["--exec", "--exec-attach", "--exec-process-spec", request.exec.processSpec]),
  ];
}

/**
 * The one line that conmon has to say on a pipe. The pipe is closed after it: conmon keeps its end for as long as the
 * program lives, and the engine would hold a descriptor for each.
 */
async function firstLine(child: ChildProcess, descriptor: number): Promise<string | undefined> {
  let text = "";
  for await (const chunk of child.stdio[descriptor] as Readable) {
    text += String(chunk);
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  return text === "" ? undefined : text;
}

interface Answer {
  readonly data: number;
  readonly message?: string;
}

function parseAnswer(line: string | undefined): Answer | undefined {
  if (line === undefined) return undefined;
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("data" in value) || typeof value.data !== "number") return undefined;
  return "message" in value && typeof value.message === "string"
    ? { data: value.data, message: value.message }
    : { data: value.data };
}

async function failure(request: MonitorRequest, child: ChildProcess, message: string | undefined): Promise<EngineError> {
  let complaints = "";
  for await (const chunk of child.stderr as Readable) complaints += String(chunk);
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const complaint = plainText(message ?? complaints);
  if (complaint === "") return new EngineError("internal", `conmon ended without an answer for ${request.container}`);
  return new StartFailure({ verb: request.exec === undefined ? "create" : "exec", program: request.program, complaint });
}

/**
 * Reads the exit code that conmon left and takes the file away.
 * @returns undefined where there is none: conmon was killed before it could write it
 */
export async function takeExitCode(exitFolder: string, container: string): Promise<number | undefined> {
  const path = `${exitFolder}/${container}`;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  await rm(path, { force: true });
  const code = Number.parseInt(text, 10);
  return Number.isNaN(code) ? undefined : code;
}
