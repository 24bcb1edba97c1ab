import { normalise } from "./normalise.ts";
import type { Script, Step } from "./script.ts";

/** A command line before an engine. */
export interface Combination {
  readonly name: string;
  readonly command: readonly string[];
  readonly host: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface StepResult {
  readonly step: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs every step, also after one that failed: errors are compared as well. */
export async function runScript(script: Script, combination: Combination): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of script.steps) results.push(await runStep(step, combination));
  return results;
}

async function runStep({ line, args, input }: Step, combination: Combination): Promise<StepResult> {
  const { code, stdout, stderr } = await runCommand(combination, args, input);
  return { step: `${line}: ${args.join(" ")}`, code, stdout: normalise(stdout), stderr: normalise(stderr) };
}

interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runCommand({ command, host, environment }: Combination, args: readonly string[], input: string): Promise<CommandResult> {
  const child = Bun.spawn([...command, "--host", host, ...args], {
    stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe", env: { PATH: process.env["PATH"] ?? "", ...environment }, timeout: 60_000,
  });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

/** Takes away what a script made: containers, volumes, and every image but the one that all start from. */
export async function cleanUp(combination: Combination): Promise<void> {
  const words = async (...args: readonly string[]): Promise<string[]> => (await runCommand(combination, args, "")).stdout.split(/\s+/).filter((word) => word !== "");
  const containers = await words("ps", "--all", "--quiet");
  if (containers.length > 0) await runCommand(combination, ["rm", "--force", "--volumes", ...containers], "");
  const volumes = await words("volume", "ls", "--quiet");
  if (volumes.length > 0) await runCommand(combination, ["volume", "rm", ...volumes], "");
  const images = (await words("images", "--format", "{{.Repository}}:{{.Tag}}|{{.ID}}")).filter((image) => !image.startsWith("busybox:latest|"));
  const names = images.map((image) => (image.startsWith("<none>") ? image.split("|")[1] : image.split("|")[0]) ?? "");
  if (names.length > 0) await runCommand(combination, ["rmi", "--force", ...names], "");
}

/** @throws Error when the engine does not take it */
export async function loadImage(combination: Combination, archive: string): Promise<void> {
  const { code, stderr } = await runCommand(combination, ["load", "--input", archive], "");
  if (code !== 0) throw new Error(`${combination.name} does not load the image: ${stderr}`);
}
