import { spawn } from "node:child_process";
import { once } from "node:events";
import { EngineError } from "../../base/index.ts";

/** What ps(1) knows of some processes. */
export interface ProcessList {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

/**
 * Asks the machine's ps about processes.
 * @param words its options, as a caller wrote them; each is one argument and none goes through a shell
 * @param pids the processes that are wanted; ps may know more
 * @throws EngineError `internal` with the first line of ps's complaint, or that it does not tell pids; `unavailable` without a ps
 */
export async function listProcesses(words: readonly string[], pids: readonly number[]): Promise<ProcessList> {
  // Some options, such as f, do not go together with a list of processes.
  const few = await runPs([...words, `-q${pids.join(",")}`]);
  const { code, output, complaint } = few.code === 0 ? few : await runPs(words);
  if (code !== 0) throw new EngineError("internal", `ps: ${complaint.split("\n", 1)[0] || `exit status ${code}`}`);
  return parseProcessList(output, new Set(pids));
}

/**
 * Reads a table of ps: a row has as many fields as there are titles, the last with all the rest of the line. A row
 * without a pid (a thread, of option m) belongs to the process above it.
 * @throws EngineError `internal`, docker's texts
 */
export function parseProcessList(output: string, pids: ReadonlySet<number>): ProcessList {
  const [heading = "", ...lines] = output.split("\n");
  const titles = fieldsOf(heading);
  const pidColumn = titles.indexOf("PID");
  if (pidColumn < 0) throw new EngineError("internal", "Couldn't find PID field in ps output");
  let isWanted = false;
  const processes = lines.filter((line) => line !== "").map(fieldsOf).filter((fields) => {
    const pid = fields[pidColumn] ?? "";
    if (pid === "-") return isWanted;
    if (!/^\d+$/.test(pid)) throw new EngineError("internal", `Unexpected pid '${pid}': it is no number`);
    isWanted = pids.has(Number(pid));
    return isWanted;
  });
  const last = titles.length - 1;
  return { titles, processes: processes.map((fields) => [...fields.slice(0, last), fields.slice(last).join(" ")]) };
}

/** Only ASCII's blanks part fields: a program may have others in its name. */
function fieldsOf(line: string): string[] {
  return line.split(/[\t\n\f\r ]+/).filter((field) => field !== "");
}

interface PsResult {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

async function runPs(words: readonly string[]): Promise<PsResult> {
  const child = spawn("ps", words, { stdio: ["ignore", "pipe", "pipe"] });
  if (child.pid === undefined) {
    const [cause] = (await once(child, "error")) as [unknown];
    throw new EngineError("unavailable", `cannot run ps: ${String(cause)}`, { hint: "install the Debian package procps", cause });
  }
  const ended = once(child, "close");
  const [output, complaint] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const [code] = (await ended) as [number | null];
  return { code, output, complaint };
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
