import { commands } from "../../src/client/cli/tree.ts";
import type { Command, Flag } from "../../src/client/cli/command/index.ts";
import { EvidenceMap } from "./evidence.ts";
import { usedLines } from "./command-lines.ts";

/** Every command that there is, by its long name, loaded. */
export async function loadCommands(): Promise<ReadonlyMap<string, Command>> {
  const loaded = await Promise.all(commands.map(async ({ paths, load }) => [paths[0] ?? "", await load?.()] as const));
  return new Map(loaded.flatMap(([path, command]) => (command === undefined ? [] : [[path, command] as const])));
}

/** Which tests call which command ("container ls") and which of its flags ("container ls --all"). */
export function flagsUsed(known: ReadonlyMap<string, Command>): EvidenceMap {
  const used = new EvidenceMap();
  for (const { command, words, evidence } of usedLines()) {
    const definition = known.get(command);
    if (definition === undefined) continue;
    used.add(command, evidence);
    for (const flag of flagsIn(words, definition)) used.add(`${command} --${flag.name}`, evidence);
  }
  return used;
}

/** The flags that stand in a line, by the command's own rules of where flags end; what they are given does not matter. */
export function flagsIn(words: readonly string[], { flags, isInterspersed }: Pick<Command, "flags" | "isInterspersed">): readonly Flag[] {
  const found: Flag[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") break;
    if (word === "-" || !word.startsWith("-")) {
      if (isInterspersed === false) break;
      continue;
    }
    const here = word.startsWith("--") ? longFlag(word, flags) : shortFlags(word, flags);
    found.push(...here.flags);
    if (here.takesNext) at += 1;
  }
  return found;
}

interface FlagsOfWord {
  readonly flags: readonly Flag[];
  readonly takesNext: boolean;
}

function longFlag(word: string, flags: readonly Flag[]): FlagsOfWord {
  const [name = ""] = word.slice(2).split("=", 1);
  const flag = flags.find((candidate) => candidate.name === name);
  return { flags: flag === undefined ? [] : [flag], takesNext: flag?.alone === undefined && flag !== undefined && !word.includes("=") };
}

function shortFlags(word: string, flags: readonly Flag[]): FlagsOfWord {
  const found: Flag[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const flag = flags.find(({ short }) => short === word.charAt(at));
    if (flag === undefined) break;
    found.push(flag);
    if (flag.alone === undefined) return { flags: found, takesNext: at === word.length - 1 };
  }
  return { flags: found, takesNext: false };
}
