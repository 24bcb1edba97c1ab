import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";
import { writeBusyboxArchive } from "../peer/busybox-archive.ts";
import { Dockerd } from "../peer/dockerd.ts";
import { differences, type Difference } from "./differences.ts";
import { cleanUp, loadImage, runScript, type Combination, type StepResult } from "./run-script.ts";
import { readScripts } from "./script.ts";

/**
 * The same scripts by docker's and wharf's command line before dockerd and wharf's engine: what docker before dockerd
 * gives is what the other three have to give.
 */
const missing = ["docker", "dockerd", "containerd", "ip", "tar", "busybox"].filter((program) => Bun.which(program) === null);
const reason = process.getuid?.() === 0 ? missing.map((program) => `${program} is not installed`).join(", ") : "it needs root";
const wharf = [process.execPath, join(import.meta.dir, "../../src/wharf.ts")];

describe.skipIf(reason !== "")(`docker and wharf give the same${reason === "" ? "" : ` (skipped: ${reason})`}`, () => {
  const work = mkdtempSync(join(tmpdir(), "wharf-differential-"));
  const engines = new AsyncDisposableStack();
  let baseline: Combination;
  let others: readonly Combination[] = [];
  const unused = new Set(differences);

  function inWharfsWords(result: StepResult): StepResult {
    const rewrite = (text: string): string => differences.reduce((before, difference) => rewritten(before, difference), text);
    return { ...result, stdout: rewrite(result.stdout), stderr: rewrite(result.stderr) };
  }

  function rewritten(text: string, difference: Difference): string {
    const after = text.replace(difference.from, difference.to);
    if (after !== text) unused.delete(difference);
    return after;
  }

  beforeAll(async () => {
    const environment = { DOCKER_CONFIG: work, HOME: work, B: "from outside" };
    const dockerd = engines.use(await Dockerd.start("10.213.99.1/24"));
    const engine = engines.use(await TestEngine.start());
    baseline = { name: "docker before dockerd", command: ["docker"], host: dockerd.host, environment };
    others = [
      { ...baseline, name: "docker before wharf", host: engine.host },
      { ...baseline, name: "wharf before dockerd", command: wharf },
      { ...baseline, name: "wharf before wharf", command: wharf, host: engine.host },
    ];
    const archive = join(work, "busybox.tar");
    writeBusyboxArchive(archive);
    for (const host of [dockerd.host, engine.host]) await loadImage({ ...baseline, host }, archive);
  }, 180_000);

  afterAll(async () => {
    await engines.disposeAsync();
    rmSync(work, { recursive: true, force: true });
  }, 180_000);

  for (const script of readScripts(join(import.meta.dir, "scripts"))) {
    test(script.name, async () => {
      const wanted = await runScript(script, baseline);
      await cleanUp(baseline);
      for (const other of others) {
        const got = await runScript(script, other);
        await cleanUp({ ...baseline, host: other.host });
        const asked = other.host === baseline.host ? wanted : wanted.map(inWharfsWords);
        expect({ by: other.name, results: got }).toEqual({ by: other.name, results: asked });
      }
    }, 300_000);
  }

  test("every difference is still one", () => {
    expect([...unused].map(({ from }) => String(from))).toEqual([]);
  });
});
