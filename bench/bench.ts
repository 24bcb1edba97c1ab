import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { startEngines, type MeasuredEngine } from "./engines.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

/*
 * Side by side in one run: each scenario's rounds alternate between the engines, so that what else the machine does
 * meets all of them. `npm run bench -- exec ps` measures those whose name holds one of the words.
 */

interface Result {
  readonly scenario: Scenario;
  readonly medians: ReadonlyMap<string, number>;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function measure(scenario: Scenario, engines: readonly MeasuredEngine[], folder: string): Promise<Result> {
  const values = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
  for (const engine of engines) await scenario.prepare?.(engine, folder);
  for (let round = 0; round < scenario.rounds; round++) {
    for (const engine of engines) values.get(engine.name)?.push(await scenario.measure(engine, folder));
    showProgress(`\r${scenario.name}: ${round + 1} of ${scenario.rounds}\u001b[K`);
  }
  for (const engine of engines) await scenario.finish?.(engine);
  showProgress("\r\u001b[K");
  return { scenario, medians: new Map([...values].map(([name, list]) => [name, median(list)])) };
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(text);
}

function formatRow({ scenario, medians }: Result, names: readonly string[]): string {
  const own = medians.get("wharf") ?? Number.NaN;
  const cells = names.map((name) => (medians.get(name) ?? Number.NaN).toFixed(scenario.unit === "MiB" ? 2 : 0).padStart(10));
  const ratios = names.filter((name) => name !== "wharf").map((name) => ((medians.get(name) ?? Number.NaN) / own).toFixed(2).padStart(11));
  return `${`${scenario.name} (${scenario.unit})`.padEnd(52)}${cells.join("")}${ratios.join("")}`;
}

/** busybox under that name for every engine, from the one that wharf has. */
function shareBusybox(engines: readonly MeasuredEngine[], folder: string): void {
  const own = engines.find(({ name }) => name === "wharf");
  if (own === undefined) return;
  const run = (engine: MeasuredEngine, ...words: readonly string[]): void => {
    const [path = "", ...start] = engine.command;
    const result = spawnSync(path, [...start, ...words], { encoding: "utf8", env: { ...process.env, ...engine.environment } });
    if (result.status !== 0) throw new Error(`${engine.name} ${words.join(" ")}: ${result.stderr}`);
  };
  run(own, "save", "-o", join(folder, "busybox.tar"), "busybox");
  for (const engine of engines) if (engine !== own) run(engine, "load", "-q", "-i", join(folder, "busybox.tar"));
}

async function main(words: readonly string[]): Promise<void> {
  const chosen = scenarios.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const { engines, missing } = await startEngines();
  try {
    shareBusybox(engines, folder);
    const names = engines.map(({ name }) => name);
    console.log(`${new Date().toISOString().slice(0, 10)}, Linux ${release()} ${arch()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB`);
    for (const reason of missing) console.log(`not measured: ${reason}`);
    console.log(`${"median".padEnd(52)}${names.map((name) => name.padStart(10)).join("")}${names.filter((name) => name !== "wharf").map((name) => `${name}/own`.padStart(11)).join("")}`);
    for (const scenario of chosen) console.log(formatRow(await measure(scenario, engines, folder), names));
  } finally {
    for (const engine of engines) await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
