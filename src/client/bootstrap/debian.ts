import { EngineError } from "../../base/index.ts";
import type { BaseSource, BootstrapOptions } from "./base-source.ts";

/** What a container has no use for: services that start while packages install, and descriptions in other languages. */
const settings = [
  "--aptopt=Acquire::Languages \"none\"",
  "--aptopt=Apt::AutoRemove::SuggestsImportant \"false\"",
  "--dpkgopt=force-unsafe-io",
  "--customize-hook=printf '#!/bin/sh\\nexit 101\\n' >\"$1/usr/sbin/policy-rc.d\" && chmod 0755 \"$1/usr/sbin/policy-rc.d\"",
];

/** Debian of a suite with what every Debian has, by mmdebstrap, which checks the archive's signatures. */
export function debianSource(suite: string, options: BootstrapOptions): BaseSource {
  if (!/^[a-z][a-z0-9.+-]*$/.test(suite)) throw new EngineError("invalid-argument", `invalid suite ${JSON.stringify(suite.slice(0, 60))}`, { hint: "write debian: and a name such as bookworm, trixie or sid" });
  const wrong = options.include.find((name) => !/^[a-z0-9][a-z0-9.+-]*$/.test(name));
  if (wrong !== undefined) throw new EngineError("invalid-argument", `invalid package name ${JSON.stringify(wrong.slice(0, 60))}`);
  if (options.mirror !== undefined && !/^[a-z]+:\/\/\S+$/.test(options.mirror)) throw new EngineError("invalid-argument", `invalid mirror ${JSON.stringify(options.mirror.slice(0, 200))}`, { hint: "write the address of a Debian archive" });
  const program = Bun.which("mmdebstrap");
  if (program === null) throw new EngineError("unavailable", "mmdebstrap is not installed", { hint: "install it: apt-get install mmdebstrap" });
  const include = options.include.length === 0 ? [] : [`--include=${options.include.join(",")}`];
  const mirror = options.mirror === undefined ? [] : [options.mirror];
  const command = [program, "--variant=minbase", "--format=tar", ...settings, ...include, suite, "-", ...mirror];
  return {
    reference: `debian:${suite}`,
    changes: ['CMD ["bash"]'],
    message: `Debian ${suite}, from signed packages by mmdebstrap`,
    archive: () => outputOf(command, suite, options.progress),
  };
}

const linesKept = 8;

async function* outputOf(command: readonly string[], suite: string, progress: BootstrapOptions["progress"]): AsyncGenerator<Uint8Array> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const lastLines: string[] = [];
  const talk = (async () => {
    for await (const line of linesOf(child.stderr)) {
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - linesKept);
      if (line.startsWith("I: ") && !line.includes("hook in shell")) await progress(line.slice(3));
    }
  })();
  try {
    yield* child.stdout;
    const code = await child.exited;
    await talk;
    if (code !== 0) throw failed(suite, lastLines);
  } finally {
    child.kill();
    await child.exited;
    await talk;
  }
}

function failed(suite: string, lines: readonly string[]): EngineError {
  const errors = lines.filter((line) => line.startsWith("E: "));
  return new EngineError("unavailable", `debian:${suite} could not be made: ${(errors.length > 0 ? errors : lines).join("\n")}`, {
    hint: "check that the suite exists, that the Debian archive can be reached, and that debian-archive-keyring is up to date",
  });
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
