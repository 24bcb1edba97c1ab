import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { memoryOf, type MeasuredEngine } from "./engines.ts";

export interface Scenario {
  readonly name: string;
  readonly unit: "ms" | "MiB" | "MiB/s";
  readonly rounds: number;
  /** Once before the rounds. */
  readonly prepare?: (engine: MeasuredEngine, folder: string) => Promise<void>;
  readonly measure: (engine: MeasuredEngine, folder: string) => Promise<number>;
  readonly finish?: (engine: MeasuredEngine) => Promise<void>;
}

/** Runs the engine's command line to its end. @throws with what it said when it fails */
async function call(engine: MeasuredEngine, words: readonly string[], stdin?: string): Promise<string> {
  const [path = "", ...start] = engine.command;
  const child = spawn(path, [...start, ...words], { env: { ...process.env, ...engine.environment }, stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
  child.stdin?.end(stdin);
  let output = "";
  let complaints = "";
  child.stdout?.on("data", (piece: Buffer) => { output += piece.toString(); });
  child.stderr?.on("data", (piece: Buffer) => { complaints += piece.toString(); });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${engine.name} ${words.join(" ")} ended with ${code}: ${complaints}`);
  return output;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function runScenario(name: string, ...options: readonly string[]): Scenario {
  return {
    name,
    unit: "ms",
    rounds: 15,
    measure: async (engine) => timed(async () => call(engine, ["run", "--rm", ...engine.runArguments, ...options, "busybox", "true"])),
  };
}

const sleeper = "bench-sleeper";

async function startSleeper(engine: MeasuredEngine): Promise<void> {
  await call(engine, ["run", "-d", "--name", sleeper, ...engine.runArguments, "busybox", "sleep", "100000"]);
}

async function removeSleeper(engine: MeasuredEngine): Promise<void> {
  await call(engine, ["rm", "-f", sleeper]);
}

const inParallel = 20;
const idle = 50;

const common: readonly Scenario[] = [
  runScenario("run --rm busybox true"),
  runScenario("run --rm --network none busybox true", "--network", "none"),
  runScenario("run --rm -p 80 busybox true", "-p", "80"),
  {
    name: "exec true",
    unit: "ms",
    rounds: 15,
    prepare: startSleeper,
    measure: async (engine) => timed(async () => call(engine, ["exec", sleeper, "true"])),
    finish: removeSleeper,
  },
  {
    name: "ps",
    unit: "ms",
    rounds: 15,
    prepare: startSleeper,
    measure: async (engine) => timed(async () => call(engine, ["ps"])),
    finish: removeSleeper,
  },
  {
    name: `${inParallel} containers started in parallel`,
    unit: "ms",
    rounds: 3,
    measure: async (engine) => {
      const names = Array.from({ length: inParallel }, (_, i) => `bench-parallel-${i}`);
      const time = await timed(async () => Promise.all(names.map(async (name) => call(engine, ["run", "-d", "--name", name, ...engine.runArguments, "busybox", "sleep", "1000"]))));
      await call(engine, ["rm", "-f", ...names]);
      return time;
    },
  },
  {
    name: `host memory of each of ${idle} idle containers`,
    unit: "MiB",
    rounds: 1,
    measure: async (engine) => {
      const before = memoryOf(engine.processes());
      const names = Array.from({ length: idle }, (_, i) => `bench-idle-${i}`);
      for (const name of names) await call(engine, ["run", "-d", "--name", name, ...engine.runArguments, "busybox", "sleep", "1000"]);
      const after = memoryOf(engine.processes());
      await call(engine, ["rm", "-f", ...names]);
      return (after - before) / idle / 2 ** 20;
    },
  },
  {
    name: "memory of the idle engine",
    unit: "MiB",
    rounds: 1,
    measure: async (engine) => Promise.resolve(memoryOf(engine.processes()) / 2 ** 20),
  },
  {
    name: "load of an image of 170 MB",
    unit: "ms",
    rounds: 3,
    prepare: async (engine, folder) => {
      await Promise.resolve();
      makeLargeImage(engine, folder);
    },
    measure: async (engine, folder) => {
      const time = await timed(async () => call(engine, ["load", "-q", "-i", join(folder, "large.tar")]));
      await call(engine, ["rmi", "bench-large"]);
      return time;
    },
  },
  {
    name: "1 GiB of output through attached run",
    unit: "MiB/s",
    rounds: 1,
    measure: async (engine) => outputRate(engine, ["run", "--rm", ...engine.runArguments, "busybox", "head", "-c", "1073741824", "/dev/zero"]),
  },
  {
    name: "1 GiB of output through logs",
    unit: "MiB/s",
    rounds: 1,
    prepare: async (engine) => {
      const script = `yes ${"0123456789".repeat(60)} | head -c 1073741824`;
      // Where logs are bounded, the whole of this one is to be kept.
      const unbounded = engine.name === "wharf" ? ["--log-opt", "max-size=4g"] : [];
      await call(engine, ["run", "-d", "--name", "bench-logs", ...engine.runArguments, ...unbounded, "busybox", "sh", "-c", script]);
      await call(engine, ["wait", "bench-logs"]);
    },
    measure: async (engine) => outputRate(engine, ["logs", "bench-logs"]),
    finish: async (engine) => {
      await call(engine, ["rm", "-f", "bench-logs"]);
    },
  },
];

function copyScenarios(): readonly Scenario[] {
  const inTo = (name: string, what: string, make: (path: string) => void): readonly Scenario[] => {
    const prepare = async (engine: MeasuredEngine, folder: string): Promise<void> => {
      if (!existsSync(join(folder, what))) make(join(folder, what));
      await startSleeper(engine);
    };
    return [
      {
        name: `cp of ${name} into a container`, unit: "ms", rounds: 3, prepare, finish: removeSleeper,
        measure: async (engine, folder) => {
          await call(engine, ["exec", sleeper, "rm", "-rf", `/${what}`]);
          return timed(async () => call(engine, ["cp", join(folder, what), `${sleeper}:/`]));
        },
      },
      {
        name: `cp of ${name} out of a container`, unit: "ms", rounds: 3, finish: removeSleeper,
        prepare: async (engine, folder) => {
          await prepare(engine, folder);
          await call(engine, ["cp", join(folder, what), `${sleeper}:/`]);
        },
        measure: async (engine, folder) => {
          const target = join(folder, `${what}-out`);
          rmSync(target, { recursive: true, force: true });
          return timed(async () => call(engine, ["cp", `${sleeper}:/${what}`, target]));
        },
      },
    ];
  };
  return [...inTo("10 000 small files", "small-files", makeSmallFiles), ...inTo("a file of 1 GB", "one-file", (path) => { writeFileSync(path, Buffer.alloc(1_000_000_000, "wharf")); })];
}

function makeSmallFiles(path: string): void {
  for (let i = 0; i < 10_000; i++) {
    const sub = join(path, String(i % 100));
    if (i < 100) mkdirSync(sub, { recursive: true });
    writeFileSync(join(sub, `file-${i}`), `the content of file ${i}\n`);
  }
}

const commitScenario: Scenario = {
  name: "commit of 1 000 files",
  unit: "ms",
  rounds: 5,
  prepare: async (engine) => {
    await startSleeper(engine);
    await call(engine, ["exec", sleeper, "sh", "-c", "mkdir /made; i=0; while [ $i -lt 1000 ]; do echo $i > /made/$i; i=$((i+1)); done"]);
  },
  measure: async (engine) => {
    const time = await timed(async () => call(engine, ["commit", sleeper, "bench-commit"]));
    await call(engine, ["rmi", "bench-commit"]);
    return time;
  },
  finish: removeSleeper,
};

async function outputRate(engine: MeasuredEngine, words: readonly string[]): Promise<number> {
  const [path = "", ...start] = engine.command;
  const began = performance.now();
  const child = spawn(path, [...start, ...words], { env: { ...process.env, ...engine.environment }, stdio: ["ignore", "pipe", "inherit"] });
  let bytes = 0;
  child.stdout.on("data", (piece: Buffer) => { bytes += piece.length; });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0 || bytes < 2 ** 30) throw new Error(`${engine.name} ${words.join(" ")} ended with ${code} after ${bytes} bytes`);
  return bytes / 2 ** 20 / ((performance.now() - began) / 1000);
}

/** An archive as docker save writes it, with 170 MB in 3 000 files: half of it repeats itself, as programs do. */
function makeLargeImage(engine: MeasuredEngine, folder: string): void {
  if (engine.name !== "wharf") return;
  const root = join(folder, "large");
  for (let i = 0; i < 3000; i++) {
    const sub = join(root, `usr/lib/part-${i % 60}`);
    mkdirSync(sub, { recursive: true });
    writeFileSync(join(sub, `file-${i}`), Buffer.concat([randomBytes(28_000), Buffer.alloc(28_000, "wharf")]));
  }
  const importer = `tar -C ${root} -c . | ${engine.command.join(" ")} import - bench-large && ${engine.command.join(" ")} save -o ${folder}/large.tar bench-large && ${engine.command.join(" ")} rmi bench-large`;
  const made = spawnSync("bash", ["-ec", importer], { env: { ...process.env, ...engine.environment }, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`cannot make the large image: ${made.stderr}`);
}

export const scenarios: readonly Scenario[] = [...common, ...copyScenarios(), commitScenario];
