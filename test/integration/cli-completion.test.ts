import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wharf } from "../../src/client/cli/fake/index.ts";

const program = join(import.meta.dir, "../../src/wharf.ts");

/** The scripts in the shells that they are for: what a user gets who has typed a line and presses the tab key. */
describe("completion in the shells", () => {
  const work = mkdtempSync(join(tmpdir(), "wharf-completion-"));
  beforeAll(async () => {
    writeFileSync(join(work, "wharf"), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
    chmodSync(join(work, "wharf"), 0o755);
    for (const shell of ["bash", "fish", "zsh"]) writeFileSync(join(work, shell), (await wharf(["completion", shell])).out);
  });
  afterAll(() => { rmSync(work, { recursive: true, force: true }); });

  function run(command: readonly string[]): string {
    const env = { PATH: `${work}:${process.env["PATH"] ?? ""}`, HOME: work, DOCKER_HOST: "unix:///nonexistent.sock" };
    const { stdout, stderr } = Bun.spawnSync([...command], { env, stdout: "pipe", stderr: "pipe" });
    return stdout.toString() + stderr.toString();
  }

  /** @param words as bash breaks the line */
  const bash = (line: string, words: readonly string[]): string =>
    run(["bash", "-c", `source ${work}/bash; COMP_LINE="$1" COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _wharf; printf '%s\\n' "\${COMPREPLY[@]}"`, "bash", line, ...words]);

  test("bash: commands, values of flags, and what it breaks at an equals sign", () => {
    expect(bash("wharf container li", ["wharf", "container", "li"])).toBe("list\n");
    expect(bash("wharf run --pull ", ["wharf", "run", "--pull", ""])).toBe("always\nmissing\nnever\n");
    expect(bash("wharf run --pull=n", ["wharf", "run", "--pull", "=", "n"])).toBe("never\n");
    expect(bash("wharf run --pull=", ["wharf", "run", "--pull", "="])).toBe("always\nmissing\nnever\n");
  }, 60_000);

  test.skipIf(Bun.which("fish") === null)("fish (skipped where it is not installed)", () => {
    expect(run(["fish", "-c", `source ${work}/fish; complete -C "wharf container li"`])).toBe("list\n");
    expect(run(["fish", "-c", `source ${work}/fish; complete -C "wharf run --pull "`])).toBe("always\nmissing\nnever\n");
  }, 60_000);

  test.skipIf(Bun.which("zsh") === null)("zsh (skipped where it is not installed)", () => {
    const script = `autoload -Uz compinit; compinit -u -d ${work}/dump; compadd() { print -l -- "\${(@P)argv[-1]}"; }; source ${work}/zsh; words=(wharf run --pull m) CURRENT=4; _wharf`;
    expect(run(["zsh", "-fc", script])).toBe("missing\n");
  }, 60_000);
});
