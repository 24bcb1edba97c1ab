import type { Command } from "../command/index.ts";
import { flagValues } from "./flag-values.ts";
import type { CompletionSource } from "./source.ts";

const running: ReadonlySet<string> = new Set(["attach", "exec", "kill", "pause", "stop", "top", "stats", "port"]);

/** What the last of these words may become. ":files" alone: a path. */
export async function complete(words: readonly string[], source: CompletionSource): Promise<readonly string[]> {
  const current = words.at(-1) ?? "";
  const path = commandPath(words.slice(0, -1), source.paths);
  if (path === undefined) return nextWords(words.slice(0, -1), source.paths).filter((word) => word.startsWith(current));
  const command = await source.load(path);
  if (command === undefined) return [];
  const taking = flagBefore(command, words.at(-2) ?? "");
  if (taking !== undefined) return await valuesOf(taking.name, current, source);
  const [flag, value] = current.startsWith("--") ? splitOnce(current, "=") : [current, undefined];
  if (value !== undefined) return (await valuesOf(flag.slice(2), value, source)).map((candidate) => (candidate === ":files" ? candidate : `${flag}=${candidate}`));
  if (current.startsWith("-")) return flagNames(command).filter((name) => name.startsWith(current));
  const candidates = await argumentCandidates(path, command, source);
  return candidates[0] === ":files" ? candidates : candidates.filter((word) => word.startsWith(current));
}

/** The flag that the word before takes its value for; undefined where it takes none. */
function flagBefore(command: Command, word: string): Command["flags"][number] | undefined {
  const flag = command.flags.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
  return flag?.alone === undefined ? flag : undefined;
}

async function valuesOf(flag: string, current: string, source: CompletionSource): Promise<readonly string[]> {
  const candidates = await flagValues(flag, source);
  return candidates[0] === ":files" ? candidates : candidates.filter((word) => word.startsWith(current));
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function commandPath(words: readonly string[], paths: readonly string[]): string | undefined {
  const plain = words.filter((word) => !word.startsWith("-"));
  return [plain.slice(0, 2).join(" "), plain[0] ?? ""].find((path) => paths.includes(path));
}

/** The words that may follow on the way to a command. */
function nextWords(words: readonly string[], paths: readonly string[]): string[] {
  const [group] = words.filter((word) => !word.startsWith("-"));
  const next = group === undefined
    ? paths.map((path) => path.split(" ")[0] ?? "")
    : paths.filter((path) => path.startsWith(`${group} `)).map((path) => path.slice(group.length + 1));
  return [...new Set(next)].sort();
}

function flagNames(command: Command): string[] {
  return command.flags.filter((flag) => flag.isHidden !== true).map((flag) => `--${flag.name}`).sort();
}

async function argumentCandidates(path: string, command: Command, source: CompletionSource): Promise<readonly string[]> {
  const verb = path.split(" ").at(-1) ?? "";
  const [first = ""] = command.usage.replace("[OPTIONS]", "").trim().split(/[\s[|:]/);
  if (first === "CONTAINER") return await source.containers(!running.has(verb));
  if (first === "IMAGE" || first === "SOURCE_IMAGE" || path === "image ls") return await source.images();
  if (first === "VOLUME") return await source.volumes();
  if (first === "NETWORK") return await source.networks();
  if (first === "CONTEXT" || path === "context inspect") return await source.contexts();
  if (path === "completion") return ["bash", "zsh", "fish"];
  if (first === "NAME" && path === "inspect") return [...await source.containers(true), ...await source.images()];
  return [":files"];
}
