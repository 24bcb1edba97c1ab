import { closeSync, openSync, writeSync } from "node:fs";
import { CommandFailure, type Command, type Stdio } from "../command/index.ts";
import { checkContextName, defaultContext } from "../context-store/index.ts";
import { writeContextArchive } from "./context-archive.ts";
import { Contexts } from "./contexts.ts";

export const exportCommand: Command = {
  usage: "[OPTIONS] CONTEXT [FILE|-]",
  arity: { least: 1, most: 2 },
  flags: [],
  async run({ io, settings }, { args }) {
    const [name = "", output = `${name}.dockercontext`] = args;
    if (name !== defaultContext) checkContextName(name);
    const { context, tls } = new Contexts(settings).read(name);
    const archive = writeContextArchive(context, tls);
    if (output === "-") await toOutput(io, archive);
    else {
      toNewFile(output, archive);
      await io.err.write(`Written file ${JSON.stringify(output)}\n`);
    }
    return 0;
  },
};

async function toOutput(io: Stdio, archive: Uint8Array): Promise<void> {
  if (io.out.isTerminal) throw new CommandFailure(1, "cowardly refusing to export to a terminal, specify a file path");
  await io.out.write(archive);
}

/** It holds private keys: nobody else reads it, and no file is replaced by it. */
function toNewFile(path: string, archive: Uint8Array): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason = code === "EEXIST" ? "file exists" : code === "ENOENT" ? "no such file or directory" : String(error);
    throw new CommandFailure(1, `open ${path}: ${reason}`, { cause: error });
  }
  try {
    for (let done = 0; done < archive.length; ) done += writeSync(file, archive, done);
  } finally {
    closeSync(file);
  }
}
