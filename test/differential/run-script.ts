import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalise } from "./normalise.ts";
import type { Script, Step } from "./script.ts";

/** A command line before an engine. */
export interface Combination {
  readonly name: string;
  readonly command: readonly string[];
  readonly host: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What PORT1, PORT2, … in a script stand for: engines that run at once publish on different ports. */
  readonly firstPort: number;
  /** What NET stands for in addresses such as 10.NET.1.0: their networks must not meet either. */
  readonly net: number;
}

/**
 * Runs every step in a folder of the script's own, also after one that failed: errors are compared as well. Answers a
 * transcript of each.
 */
export async function runScript(script: Script, combination: Combination): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "wharf-script-")));
  try {
    const results: string[] = [];
    for (const step of script.steps) results.push(await runStep(step, { ...combination, folder }));
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The words of the step, what it printed, what it printed as errors, and its exit code. */
async function runStep({ args, input }: Step, combination: Combination & { readonly folder: string }): Promise<string> {
  const { firstPort, net, folder } = combination;
  const words = args.map((word) => word.replace(/PORT(\d)/g, (_, index: string) => String(firstPort + Number(index))).replaceAll("10.NET.", `10.${net}.`));
  const { code, stdout, stderr } = await runCommand(combination, words, input);
  const [printed, errors] = [stdout, stderr].map((text) => normalise(text.replaceAll(folder, "<folder>").replaceAll(`10.${net}.`, "10.NET.").replace(/\b\d{5}\b/g, (digits) => portName(digits, firstPort))));
  return `${args.join(" ")}\n${isUnordered(args) ? sorted(printed ?? "") : (printed ?? "")}\n--- errors\n${errors ?? ""}\n--- exit code ${code}`;
}

/** dockerd tells changes in no order. */
function isUnordered([first, second]: readonly string[]): boolean {
  return first === "diff" || (first === "container" && second === "diff");
}

function sorted(text: string): string {
  return text.split("\n").sort().join("\n");
}

function portName(digits: string, firstPort: number): string {
  const index = Number(digits) - firstPort;
  return index > 0 && index < 10 ? `PORT${index}` : digits;
}

interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runCommand({ command, host, environment, folder }: Combination & { readonly folder?: string }, args: readonly string[], input: string): Promise<CommandResult> {
  const child = Bun.spawn([...command, "--host", host, ...args], {
    stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe", env: { PATH: process.env["PATH"] ?? "", ...environment }, timeout: 60_000,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

/** Takes away what a script made: containers, networks, volumes, and every image but the one that all start from. */
export async function cleanUp(combination: Combination): Promise<void> {
  const words = async (...args: readonly string[]): Promise<string[]> => (await runCommand(combination, args, "")).stdout.split(/\s+/).filter((word) => word !== "");
  const containers = await words("ps", "--all", "--quiet");
  if (containers.length > 0) await runCommand(combination, ["rm", "--force", "--volumes", ...containers], "");
  await runCommand(combination, ["network", "prune", "--force"], "");
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
