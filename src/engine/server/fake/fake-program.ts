import type { AttachStreams } from "../backend/index.ts";

/** What the fake engine's containers run: `echo words`, `cat`, `fail words` (to stderr, exit code 3), and `sleep` until stopped. */
export interface ProgramResult {
  readonly exitCode: number;
}

export async function runProgram(command: readonly string[], streams: AttachStreams, stopped: Promise<number>): Promise<ProgramResult> {
  const [name, ...words] = command;
  switch (name) {
    case "cat":
      for await (const bytes of streams.stdin ?? []) await streams.output.write("stdout", bytes);
      return { exitCode: 0 };
    case "fail":
      await streams.output.write("stderr", Buffer.from(`${words.join(" ")}\n`));
      return { exitCode: 3 };
    case "sleep":
      return { exitCode: await stopped };
    default:
      await streams.output.write("stdout", Buffer.from(`${words.join(" ")}\n`));
      return { exitCode: 0 };
  }
}
