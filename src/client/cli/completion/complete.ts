import type { Command } from "../command/index.ts";

/** What completion knows commands and things of the engine by. */
export interface CompletionSource {
  /** Every path of every command, such as "container ls" and "ps". */
  readonly paths: readonly string[];
  readonly load: (path: string) => Promise<Command | undefined>;
  readonly containers: (all: boolean) => Promise<readonly string[]>;
  readonly images: () => Promise<readonly string[]>;
  readonly volumes: () => Promise<readonly string[]>;
  readonly networks: () => Promise<readonly string[]>;
}

const running: ReadonlySet<string> = new Set(["attach", "exec", "kill", "pause", "stop", "top", "stats", "port"]);

/** What the last of these words may become. ":files" alone: a path. */
export async function complete(words: readonly string[], source: CompletionSource): Promise<readonly string[]> {
  const current = words.at(-1) ?? "";
  const path = commandPath(words.slice(0, -1), source.paths);
  if (path === undefined) return nextWords(words.slice(0, -1), source.paths).filter((word) => word.startsWith(current));
  const command = await source.load(path);
  if (command === undefined) return [];
  if (current.startsWith("-")) return flagNames(command).filter((name) => name.startsWith(current));
  const candidates = await argumentCandidates(path, command, source);
  return candidates[0] === ":files" ? candidates : candidates.filter((word) => word.startsWith(current));
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
  if (first === "NAME" && path === "inspect") return [...await source.containers(true), ...await source.images()];
  return [":files"];
}
