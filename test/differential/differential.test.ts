import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEngine } from "../engine-harness.ts";
import { writeBusyboxArchive } from "../peer/busybox-archive.ts";
import { Dockerd } from "../peer/dockerd.ts";
import { differences, type Difference } from "./differences.ts";
import { cleanUp, loadImage, runScript, type Combination } from "./run-script.ts";
import { readScripts, type Script } from "./script.ts";

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
  let wharfBeforeDockerd: Combination;
  let dockerBeforeWharf: Combination;
  let wharfBeforeWharf: Combination;
  const unused = new Set(differences);

  async function runInTurn(script: Script, combinations: readonly Combination[]): Promise<string[][]> {
    const transcripts: string[][] = [];
    for (const combination of combinations) {
      transcripts.push(await runScript(script, combination));
      await cleanUp({ ...baseline, host: combination.host });
    }
    return transcripts;
  }

  function inWharfsWords(transcript: string): string {
    return differences.reduce((text, difference) => rewritten(text, difference), transcript);
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
    baseline = { name: "docker before dockerd", command: ["docker"], host: dockerd.host, environment, firstPort: 20_000 + (process.pid % 500) * 20, net: 128 + (process.pid % 32) * 2 };
    wharfBeforeDockerd = { ...baseline, name: "wharf before dockerd", command: wharf };
    dockerBeforeWharf = { ...baseline, name: "docker before wharf", host: engine.host, firstPort: baseline.firstPort + 10, net: baseline.net + 1 };
    wharfBeforeWharf = { ...dockerBeforeWharf, name: "wharf before wharf", command: wharf };
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
      // One after the other on an engine, both engines at once.
      const [ofDockerd, ofWharf] = await Promise.all([runInTurn(script, [baseline, wharfBeforeDockerd]), runInTurn(script, [dockerBeforeWharf, wharfBeforeWharf])]);
      const [wanted = [], got = []] = ofDockerd;
      expect({ by: wharfBeforeDockerd.name, transcript: got }).toEqual({ by: wharfBeforeDockerd.name, transcript: wanted });
      const asked = wanted.map(inWharfsWords);
      [dockerBeforeWharf, wharfBeforeWharf].forEach(({ name }, index) => {
        expect({ by: name, transcript: ofWharf[index] }).toEqual({ by: name, transcript: asked });
      });
    }, 300_000);
  }

  test("every difference is still one", () => {
    expect([...unused].map(({ from }) => String(from))).toEqual([]);
  });
});
